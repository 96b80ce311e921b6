using System.Management.Automation;
using MalariaIncident.Completion;

namespace MalariaIncident.Commands;

/// <summary>A command about the record of one incident: the named one, else the session's.</summary>
public abstract class RecordCmdlet : IncidentCmdlet
{
    /// <summary>Incident id or object; the session's incident when left away.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("IncidentId", "Id")]
    [IncidentId]
    [ArgumentCompleter(typeof(IncidentCompleter))]
    public string? Incident { get; set; }

    /// <inheritdoc/>
    protected override object? Subject => Incident;

    /// <summary>The incident's id. IncidentNotFound where none is named and the session works on none.</summary>
    protected string IncidentId => string.IsNullOrWhiteSpace(Incident)
        ? SessionIncident.Id ?? throw new IncidentException(
            FailureKind.IncidentNotFound,
            "No incident is named, and this session works on none.",
            advice: "Name one with -Incident, or choose one for the session: Use-Incident INC-2026-0042. Get-Incident lists them.")
        : Incident;
}
