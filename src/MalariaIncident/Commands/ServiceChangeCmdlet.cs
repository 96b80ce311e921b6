using System.Management.Automation;
using MalariaIncident.Completion;

namespace MalariaIncident.Commands;

/// <summary>A command that changes a service and follows its endpoints.</summary>
public abstract class ServiceChangeCmdlet : ChangeCmdlet
{
    /// <summary>Service.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Service { get; set; }

    /// <inheritdoc/>
    protected override object? Subject => Service;
}
