using System.Management.Automation;
using MalariaIncident.Completion;

namespace MalariaIncident.Commands;

/// <summary>A command that changes a service and follows it until the cluster has taken it.</summary>
public abstract class ServiceChangeCmdlet : DeploymentChangeCmdlet
{
    /// <summary>Service.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Service { get; set; }

    /// <summary>A service leads to deployments, and is none: no parameter here.</summary>
    public new string? Deployment => base.Deployment;

    /// <inheritdoc/>
    protected override object? Subject => Service;
}
