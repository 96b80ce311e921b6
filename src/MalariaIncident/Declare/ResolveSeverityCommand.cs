using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Declare;

/// <summary>The severity that facts give by the runbook, with every criterion that fired.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, "Severity")]
[OutputType(typeof(SeverityVerdict))]
public sealed class ResolveSeverityCommand : SeverityFactsCmdlet
{
    /// <inheritdoc/>
    protected override void Process() => WriteObject(Await(engine => engine.Runbooks.ResolveSeverityAsync(Facts, StopToken)));
}
