namespace MalariaIncident.Engine.Reports.Sections;

/// <summary>What is still to be done: loose ends that the journal shows, what people noted, and the runbook's list.</summary>
internal static class FollowUpSection
{
    public static void Write(MarkdownWriter markdown, ReportFacts facts) =>
        markdown.List([.. LooseEnds(facts), .. Noted(facts), .. Review(facts), .. Standing(facts)]);

    private static IEnumerable<string> LooseEnds(ReportFacts facts)
    {
        foreach (var mitigation in facts.Mitigations)
        {
            var what = $"{MarkdownText.Code(mitigation.Id)} ({MarkdownText.Inline(mitigation.Summary.TrimEnd('.'), 200)})";
            switch (mitigation.State)
            {
                case MitigationState.Unknown or MitigationState.Open:
                    yield return $"[ ] Find out what became of {what}: its outcome is not known.";
                    break;
                case MitigationState.InForce when mitigation.Temporary:
                    yield return $"[ ] Put back {what}: {MarkdownText.Code($"Undo-Mitigation {mitigation.Id}")}";
                    break;
                case MitigationState.InForce:
                    yield return $"[ ] Replace {what} by a permanent fix that goes through the normal pipeline.";
                    break;
            }
        }

        if (!facts.Journal.Intact)
        {
            yield return $"[ ] Find out why the journal does not verify: {MarkdownText.Code($"Test-IncidentJournal -Incident {facts.Incident.Id}")}";
        }
    }

    private static IEnumerable<string> Noted(ReportFacts facts) =>
        facts.Notes(NoteTopic.FollowUp).Select(note => $"[ ] {MarkdownText.Inline(note.Text)} ({MarkdownText.Inline(note.Source.Actor, 80)})");

    private static IEnumerable<string> Review(ReportFacts facts)
    {
        if (facts.Incident.ResolvedAt is { } resolved)
        {
            yield return $"[ ] Hold the post-incident review between {Durations.Minute(resolved.AddHours(24))} and {Durations.Minute(resolved.AddHours(48))} UTC, 24 to 48 hours after the resolution.";
        }
    }

    private static IEnumerable<string> Standing(ReportFacts facts)
    {
        var assigned = facts.Notes(NoteTopic.Action) is { Count: > 0 } actions && actions.All(action => action.Field("owner") is not null);
        yield return $"[{(assigned ? "x" : " ")}] Every action item has an owner and is tracked";
        yield return "[ ] Process improvements are in place";
        yield return "[ ] Runbook and documentation say what was learned";
        yield return "[ ] The team was trained, where that is needed";
    }
}
