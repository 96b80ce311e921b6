namespace MalariaIncident.Engine.Reports.Sections;

/// <summary>The incident in a few sentences, for those who read no further.</summary>
internal static class SummarySection
{
    public static void Write(MarkdownWriter markdown, ReportFacts facts)
    {
        var incident = facts.Incident;
        markdown.Paragraph(string.Join(" ", Sentences(facts)));
        if (incident.Roles.Count > 0)
        {
            markdown.Paragraph("Response team: " + string.Join(", ", incident.Roles.Select(role => $"{MarkdownText.Inline(role.Key)} {MarkdownText.Inline(role.Value)}")) + ".");
        }
    }

    private static IEnumerable<string> Sentences(ReportFacts facts)
    {
        var incident = facts.Incident;
        var place = incident.Environment is null ? "" : $" in {MarkdownText.Inline(incident.Environment)}";
        yield return $"**{MarkdownText.Unlinked(incident.Title)}** was declared as {incident.Severity}{place} by {MarkdownText.Inline(incident.DeclaredBy)} on {Durations.Minute(incident.DeclaredAt)} UTC.";
        var total = facts.Metrics[^1];
        yield return incident.ResolvedAt is { } resolved
            ? $"Users were affected for **{Durations.Words(total.Duration!.Value)}**, until {Durations.Minute(resolved)} UTC."
            : $"Users have been affected for **{Durations.Words(total.Duration!.Value)}** when this was written; the incident is not resolved.";
        if (incident.UsersAffected is { } share)
        {
            yield return FormattableString.Invariant($"{share:0.##} % of users were affected.");
        }

        var done = facts.Mitigations.Where(one => one.State is MitigationState.InForce or MitigationState.Done or MitigationState.Undone && one.Undoes is null).ToList();
        if (done.Count > 0)
        {
            yield return $"What was done: {string.Join("; ", done.Take(4).Select(one => MarkdownText.Inline(one.Summary.TrimEnd('.'), 200)))}{(done.Count > 4 ? $"; and {done.Count - 4} more" : "")}.";
        }

        if (!string.IsNullOrWhiteSpace(incident.RootCause))
        {
            yield return $"The cause: {MarkdownText.Inline(FirstSentence(incident.RootCause), 300)}.";
        }

        var missed = facts.Metrics.Where(metric => metric.Met == false).Select(metric => $"{metric.Name.ToLowerInvariant()} ({Durations.Words(metric.Duration!.Value)} against {Durations.Words(metric.Target!.Value)})").ToList();
        if (missed.Count > 0)
        {
            yield return $"Targets missed: {string.Join(", ", missed)}.";
        }
        else if (facts.Metrics.Any(metric => metric.Met == true) && !facts.Metrics.Any(metric => metric.Running))
        {
            yield return "The runbook's targets were met.";
        }
    }

    private static string FirstSentence(string text)
    {
        var line = text.Trim().Split('\n')[0].Trim();
        var end = line.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? line : line[..end]).TrimEnd('.');
    }
}
