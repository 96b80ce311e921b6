using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Respond;

/// <summary>Writes something down in the incident's record.</summary>
[Cmdlet(VerbsCommon.Add, "IncidentNote", SupportsShouldProcess = true)]
[OutputType(typeof(IncidentEvent))]
public sealed class AddIncidentNoteCommand : RecordCmdlet
{
    /// <summary>What to write down.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [AllowEmptyString]
    [AllowNull]
    public string? Text { get; set; }

    /// <summary>Write the entry.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (!Confirmation.IsGiven(this, $"Add a note to {IncidentId}: {Text}", $"Add a note to {IncidentId}?"))
        {
            return;
        }

        var note = Await(engine => engine.Incidents.NoteAsync(IncidentId, Text ?? "", StopToken));
        if (PassThru)
        {
            WriteObject(note);
        }
    }
}
