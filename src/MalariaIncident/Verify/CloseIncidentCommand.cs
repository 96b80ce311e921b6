using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Verify;

/// <summary>Finishes an incident's record.</summary>
[Cmdlet(VerbsCommon.Close, "Incident", SupportsShouldProcess = true)]
[OutputType(typeof(Incident))]
public sealed class CloseIncidentCommand : RecordCmdlet
{
    /// <summary>Root cause, if it is known by now.</summary>
    [Parameter]
    public string? RootCause { get; set; }

    /// <summary>Why it is closed although something speaks against it.</summary>
    [Parameter]
    public string? Reason { get; set; }

    /// <summary>Close it unverified; needs a reason.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Write the incident as it is afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (!Confirmation.IsGiven(this, $"Close {IncidentId}", $"Close {IncidentId}?"))
        {
            return;
        }

        var incident = Await(Engine.Incidents.CloseAsync(IncidentId, new IncidentClosure { RootCause = RootCause, Reason = Reason, Force = Force }, StopToken));
        if (PassThru)
        {
            WriteObject(incident);
        }
    }
}
