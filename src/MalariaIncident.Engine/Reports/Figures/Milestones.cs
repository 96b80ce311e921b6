namespace MalariaIncident.Engine.Reports.Figures;

/// <summary>A turn in the course of an incident.</summary>
internal sealed record Milestone(DateTimeOffset Time, string Label, string Mark)
{
    public static IReadOnlyList<Milestone> Of(ReportFacts facts)
    {
        var incident = facts.Incident;
        var milestones = new List<Milestone>();
        if (incident.DeclaredAt - incident.StartedAt > TimeSpan.FromSeconds(1))
        {
            milestones.Add(new(incident.StartedAt, "Began", "m-began"));
        }

        milestones.Add(new(incident.DeclaredAt, "Declared", "m-declared"));
        if (incident.AcknowledgedAt is { } acknowledged)
        {
            milestones.Add(new(acknowledged, "Acknowledged", "m-other"));
        }

        milestones.AddRange(facts.Events.SelectMany(Turn));
        if (incident.ResolvedAt is { } resolved)
        {
            milestones.Add(new(resolved, "Resolved", "m-resolved"));
        }

        return [.. milestones.OrderBy(milestone => milestone.Time)];
    }

    private static IEnumerable<Milestone> Turn(IncidentEvent entry) => entry.Kind switch
    {
        EventKind.Reopened => [new(entry.Time, "Reopened", "m-declared")],
        EventKind.Closed => [new(entry.Time, "Closed", "m-other")],
        EventKind.Changed when entry.Data?["status"]?.ToString() is nameof(IncidentStatus.Identified) or nameof(IncidentStatus.Monitoring)
            => [new(entry.Time, entry.Data["status"]!.ToString(), "m-other")],
        _ => [],
    };
}
