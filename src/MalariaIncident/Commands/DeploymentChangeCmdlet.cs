using System.Management.Automation;
using MalariaIncident.Completion;

namespace MalariaIncident.Commands;

/// <summary>A command that changes a deployment and follows its rollout.</summary>
public abstract class DeploymentChangeCmdlet : ChangeCmdlet
{
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
    protected override Scope Scope => base.Scope with { Deployment = Deployment, Container = Container };
}
