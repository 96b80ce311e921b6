namespace MalariaIncident.Engine.Reports;

/// <summary>The report as Markdown.</summary>
internal static class MarkdownReport
{
    public static string Write(ReportFacts facts)
    {
        var incident = facts.Incident;
        var markdown = new MarkdownWriter();
        markdown.Heading(1, $"{incident.Id}: {MarkdownText.Unlinked(incident.Title)}");
        markdown.Paragraph(string.Join(" · ", Facts(incident)));
        markdown.Table(
            ["Measure", "Value", "Target", "Result"],
            facts.Metrics.Select(metric => new[]
            {
                metric.Name,
                metric.Duration is { } duration ? $"{Durations.Words(duration)}{(metric.Running ? " so far" : "")}" : "–",
                metric.Target is { } target ? Durations.Words(target) : "–",
                metric.Met switch { true => "met", false => "**missed**", null => "–" },
            }));
        foreach (var section in ReportSection.All)
        {
            markdown.Heading(2, section.Title);
            section.Write(markdown, facts);
        }

        return markdown.ToString();
    }

    private static IEnumerable<string> Facts(Incident incident)
    {
        yield return $"**{incident.Severity}**";
        yield return incident.Status.ToString();
        if (incident.Environment is not null)
        {
            yield return MarkdownText.Inline(incident.Environment, 120);
        }

        yield return $"declared by {MarkdownText.Inline(incident.DeclaredBy, 120)} on {Durations.Time(incident.DeclaredAt)} UTC";
    }
}
