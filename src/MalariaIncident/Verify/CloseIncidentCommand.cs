using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

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

    /// <summary>Temporary changes that stay; needs a reason.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StandingMitigationCompleter))]
    public string[] KeepMitigation { get; set; } = [];

    /// <summary>Close it unverified; needs a reason.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Write the incident as it is afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var question = $"Close {IncidentId}{InForce()}";
        if (!Confirmation.IsGiven(this, question, question))
        {
            return;
        }

        var incident = Await(engine => engine.Incidents.CloseAsync(IncidentId, new IncidentClosure { RootCause = RootCause, Reason = Reason, Keep = KeepMitigation, Force = Force }, StopToken));
        if (PassThru)
        {
            WriteObject(incident);
        }
    }

    /// <summary>What whoever closes it should see: changes that stay in force, and those nobody knows the outcome of.</summary>
    private string InForce()
    {
        var lines = new List<string>();
        var filter = new MitigationFilter { Incidents = [IncidentId], States = [MitigationState.Open, MitigationState.InForce, MitigationState.Unknown] };
        Stream(engine => engine.Mitigations.ListAsync(filter, StopToken), mitigation => lines.Add(
            $"  {mitigation.Id} {(mitigation.State == MitigationState.InForce ? mitigation.Temporary ? "in force, meant to be temporary" : "in force" : "outcome not known")}: {mitigation.Summary}"));
        return lines.Count == 0 ? "" : System.Environment.NewLine + string.Join(System.Environment.NewLine, lines);
    }
}
