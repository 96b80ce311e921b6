namespace MalariaIncident.Engine.Reports.Sections;

/// <summary>What was changed, in which order, whether it took, and what the verification found.</summary>
internal static class ResolutionSection
{
    public static void Write(MarkdownWriter markdown, ReportFacts facts)
    {
        if (facts.Mitigations.Count == 0)
        {
            markdown.Paragraph("No change was made through the runbook's commands. What was done by other means stands in the notes of the timeline.");
        }

        foreach (var mitigation in facts.Mitigations)
        {
            Write(markdown, mitigation);
            Agreed(markdown, facts, mitigation.Id);
            Verified(markdown, facts, mitigation.Id);
        }

        Verification(markdown, facts);
        LongNotes(markdown, facts);
    }

    private static void Write(MarkdownWriter markdown, Mitigation mitigation)
    {
        markdown.Heading(3, $"{MarkdownText.Inline(mitigation.Summary.TrimEnd('.'), 200)}: {StateWords(mitigation.State)}");
        var took = mitigation.FinishedAt - mitigation.IntendedAt is { } duration ? $", {Durations.Words(duration)}" : "";
        var undoes = mitigation.Undoes is null ? "" : $" It undoes {MarkdownText.Code(mitigation.Undoes)}.";
        markdown.Paragraph($"{MarkdownText.Code(mitigation.Id)} on {MarkdownText.Inline(mitigation.Target, 200)}, by {MarkdownText.Inline(mitigation.Actor, 80)} at {Durations.Time(mitigation.IntendedAt)} UTC{took}.{undoes}");
        if (mitigation.Plan?.Reasons is { Count: > 0 } reasons)
        {
            markdown.List(reasons.Select(reason => $"Why: {MarkdownText.Inline(reason)}"));
        }

        if (mitigation.Changes.Count > 0)
        {
            markdown.Table(
                ["What changed", "Before", "After"],
                mitigation.Changes.Select(change => new[]
                {
                    MarkdownText.Inline(string.IsNullOrEmpty(change.Field) ? change.Object : $"{change.Object}: {change.Field}", 300),
                    change.Before is null ? "–" : MarkdownText.Inline(change.Before, 300),
                    change.After is null ? "–" : MarkdownText.Inline(change.After, 300),
                }));
        }

        if (!string.IsNullOrWhiteSpace(mitigation.Detail))
        {
            markdown.Paragraph(MarkdownText.Inline(mitigation.Detail));
        }
    }

    // Whoever reviews a change asks first who agreed to it.
    private static void Agreed(MarkdownWriter markdown, ReportFacts facts, string mitigation)
    {
        foreach (var entry in facts.Events.Where(entry => entry.Kind is EventKind.Approved or EventKind.BreakGlass && ReportFacts.Mitigation(entry) == mitigation))
        {
            var how = entry.Kind == EventKind.Approved ? "Approved" : "**Without approval**";
            markdown.Paragraph($"{how} at {Durations.Time(entry.Time)} UTC: {MarkdownText.Inline(entry.Text)}");
        }
    }

    private static void Verified(MarkdownWriter markdown, ReportFacts facts, string mitigation)
    {
        foreach (var entry in facts.Events.Where(entry => entry.Kind == EventKind.Verified && ReportFacts.Mitigation(entry) == mitigation))
        {
            var verdict = ReportFacts.Passed(entry) switch { true => "Verified", false => "**Not verified**", null => "Verification" };
            markdown.Paragraph($"{verdict} at {Durations.Time(entry.Time)} UTC: {MarkdownText.Inline(entry.Text)}");
        }
    }

    private static void Verification(MarkdownWriter markdown, ReportFacts facts)
    {
        if (facts.LastVerification is not { } verified)
        {
            markdown.Paragraph($"Whether the service recovered: {ReportSection.NotRecorded($"Test-IncidentResolution -Incident {facts.Incident.Id}")}");
            return;
        }

        markdown.Heading(3, $"Verification: {(ReportFacts.Passed(verified) == true ? "passed" : "not passed")}");
        markdown.Paragraph($"At {Durations.Time(verified.Time)} UTC by {MarkdownText.Inline(verified.Actor, 80)}.");
        markdown.Table(
            ["Check", "Result", "What was found"],
            ReportFacts.Checks(verified).Select(check => new[]
            {
                MarkdownText.Inline(check.Check, 200),
                check.Passed switch { true => "✔\u00A0passed", false => "✘\u00A0failed", null => "–\u00A0not\u00A0checked" },
                MarkdownText.Inline(check.Detail, 500),
            }));
    }

    // The timeline holds a line of each; what people wrote at length would be lost there.
    private static void LongNotes(MarkdownWriter markdown, ReportFacts facts)
    {
        foreach (var note in facts.Events.Where(entry => entry.Kind == EventKind.Note && (entry.Text.Length > 600 || entry.Text.Contains('\n', StringComparison.Ordinal))))
        {
            markdown.Heading(3, $"Note of {MarkdownText.Inline(note.Actor, 80)}, {Durations.Time(note.Time)} UTC");
            markdown.Paragraph(MarkdownText.Paragraphs(note.Text));
        }
    }

    private static string StateWords(MitigationState state) => state switch
    {
        MitigationState.InForce => "in force",
        MitigationState.Open => "no outcome recorded",
        MitigationState.Unknown => "outcome unknown",
        _ => state.ToString().ToLowerInvariant(),
    };
}
