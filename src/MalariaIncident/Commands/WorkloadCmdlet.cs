using System.Management.Automation;
using MalariaIncident.Completion;

namespace MalariaIncident.Commands;

/// <summary>A command for one deployment of a cluster.</summary>
public abstract class WorkloadCmdlet : ClusterCmdlet
{
    /// <summary>Context in the kubeconfig file.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>Deployment.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DeploymentCompleter))]
    public string? Deployment { get; set; }

    /// <summary>Container inside the deployment's pods.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    public string? Container { get; set; }

    /// <inheritdoc/>
    protected override object? Subject => Deployment;

    /// <inheritdoc/>
    protected override Scope Scope => base.Scope with { Context = Context, Deployment = Deployment, Container = Container };
}
