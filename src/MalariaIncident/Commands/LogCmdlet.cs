using System.Management.Automation;
using MalariaIncident.Completion;

namespace MalariaIncident.Commands;

/// <summary>A command about the logs of a deployment: of all its pods and containers unless some are named.</summary>
public abstract class LogCmdlet : ClusterCmdlet
{
    /// <summary>Context in the kubeconfig file.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>Deployment.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DeploymentCompleter))]
    public string? Deployment { get; set; }

    /// <summary>Containers; wildcards allowed; all when left away.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Container { get; set; } = [];

    /// <inheritdoc/>
    protected override object? Subject => Deployment;

    /// <inheritdoc/>
    protected override Scope Scope => base.Scope with { Context = Context, Deployment = Deployment };
}
