using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Mitigate;

/// <summary>Makes the whole process read-only, or lets it act again.</summary>
[Cmdlet(VerbsCommon.Set, "IncidentSafety", SupportsShouldProcess = true)]
[OutputType(typeof(IncidentSafety))]
public sealed class SetIncidentSafetyCommand : IncidentCmdlet
{
    /// <summary>ReadOnly or ReadWrite.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public SafetyMode Mode { get; set; }

    /// <summary>Let a process act that was made read-only from outside.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override object? Subject => Mode;

    /// <inheritdoc/>
    protected override void Process()
    {
        var what = Mode == SafetyMode.ReadOnly
            ? "Let nothing out of this process that changes anything, and write nothing to the journal"
            : "Let this process make changes again";
        if (Confirmation.IsGiven(this, what, what))
        {
            WriteObject(Await(engine => engine.Safety.SetAsync(Mode, SessionIncident.Id, Force, StopToken)));
        }
    }
}
