using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Review;

/// <summary>Checks that the journal is what was written.</summary>
[Cmdlet(VerbsDiagnostic.Test, "IncidentJournal")]
[OutputType(typeof(JournalCheck), typeof(bool))]
public sealed class TestIncidentJournalCommand : IncidentCmdlet
{
    // Null until a journal was named: an empty pipeline has found none intact.
    private bool? _intact;

    /// <summary>Incident id or object; the whole journal when left away.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("IncidentId", "Id")]
    [IncidentId]
    [ArgumentCompleter(typeof(IncidentCompleter))]
    public string? Incident { get; set; }

    /// <summary>Write only true or false.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override object? Subject => Incident;

    /// <inheritdoc/>
    protected override void Process()
    {
        _intact ??= true;
        Stream(engine => engine.Incidents.VerifyAsync(Incident, StopToken), check =>
        {
            _intact &= check.Intact;
            if (!Quiet)
            {
                WriteObject(check);
            }
        });
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        if (Quiet)
        {
            WriteObject(_intact == true);
        }
    }
}
