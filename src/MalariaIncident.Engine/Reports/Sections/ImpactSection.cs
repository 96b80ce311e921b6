namespace MalariaIncident.Engine.Reports.Sections;

/// <summary>Who felt it, what failed, for how long, and what it cost.</summary>
internal static class ImpactSection
{
    public static void Write(MarkdownWriter markdown, ReportFacts facts)
    {
        var incident = facts.Incident;
        var total = facts.Metrics[^1];
        var rows = new List<IReadOnlyList<string>>
        {
            new[] { "Users affected", incident.UsersAffected is { } share ? FormattableString.Invariant($"{share:0.##} %") : ReportSection.NotRecorded($"Set-Incident -Incident {incident.Id} -UsersAffected …") },
            new[]
            {
                "Services affected",
                incident.ServicesAffected.Count > 0
                    ? string.Join(", ", incident.ServicesAffected.Select(service => MarkdownText.Inline(service, 120)))
                    : ReportSection.NotRecorded($"Set-Incident -Incident {incident.Id} -ServicesAffected '…'"),
            },
            new[] { "Duration", $"{Durations.Words(total.Duration!.Value)}{(total.Running ? " so far" : "")}, from {Durations.Time(incident.StartedAt)}{(incident.ResolvedAt is { } end ? $" to {Durations.Time(end)}" : "")} UTC" },
            new[]
            {
                "Financial impact",
                facts.Notes(NoteTopic.FinancialImpact) is { Count: > 0 } notes
                    ? string.Join("; ", notes.Select(note => MarkdownText.Inline(note.Text)))
                    : ReportSection.NotRecorded($"Add-IncidentNote -Incident {incident.Id} -Text 'Financial impact: …'"),
            },
            new[] { "Severity", incident.Criteria.Count == 0 ? $"{incident.Severity}, set by hand" : string.Join("; ", incident.Criteria.Select(criterion => MarkdownText.Inline(criterion, 200))) },
        };
        markdown.Table(["What", "How much"], rows);
    }
}
