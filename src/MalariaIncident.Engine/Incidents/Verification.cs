using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Incidents;

/// <summary>
/// Whether an incident was verified as resolved, and when: the last verification passed, and so did the last one that went through
/// the runbook's list. A change that verifies its own effect says nothing about the incident, and does not make up for a list that failed.
/// </summary>
/// <param name="At">When users were found to be served; null where that was not found.</param>
/// <param name="Failure">What the deciding verification found wanting; null where there was none.</param>
internal sealed record Verification(DateTimeOffset? At, string? Failure)
{
    public bool Passed => At is not null;

    public static Verification Of(IEnumerable<IncidentEvent> events)
    {
        var verified = events.Where(entry => entry.Kind == EventKind.Verified).ToList();
        var list = verified.LastOrDefault(entry => entry.Data?[EventData.Checks] is JsonArray);
        var failed = new[] { verified.LastOrDefault(), list }
            .FirstOrDefault(entry => entry is not null && EventData.Flag(entry.Data ?? [], EventData.Passed) != true);
        return new Verification(list is not null && failed is null ? verified[^1].Time : null, failed?.Text);
    }
}
