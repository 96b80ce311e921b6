using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Respond;

/// <summary>What happened, in order.</summary>
[Cmdlet(VerbsCommon.Get, "IncidentTimeline")]
[OutputType(typeof(IncidentEvent))]
public sealed class GetIncidentTimelineCommand : IncidentCmdlet
{
    /// <summary>Incident id or object; the session's, then what was done outside any, when left away.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("IncidentId", "Id")]
    [IncidentId]
    [ArgumentCompleter(typeof(IncidentCompleter))]
    public string? Incident { get; set; }

    /// <summary>Only events of these kinds.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public EventKind[] Kind { get; set; } = [];

    /// <inheritdoc/>
    protected override object? Subject => Incident;

    /// <inheritdoc/>
    protected override void Process()
        => Stream(engine => engine.Incidents.TimelineAsync(Incident ?? SessionIncident.Id, StopToken), entry =>
        {
            if (Kind.Length == 0 || Kind.Contains(entry.Kind))
            {
                WriteObject(entry);
            }
        });
}
