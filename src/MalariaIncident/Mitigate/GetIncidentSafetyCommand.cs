using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Mitigate;

/// <summary>Shows whether this process may change anything.</summary>
[Cmdlet(VerbsCommon.Get, "IncidentSafety")]
[OutputType(typeof(IncidentSafety))]
public sealed class GetIncidentSafetyCommand : IncidentCmdlet
{
    /// <inheritdoc/>
    protected override void Process() => WriteObject(Ask(engine => engine.Safety.Get()));
}
