using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Reports.Sections;

/// <summary>Why this may be believed: the journal behind it, and whether it verifies.</summary>
internal static class RecordSection
{
    public static void Write(MarkdownWriter markdown, ReportFacts facts)
    {
        var journal = facts.Journal;
        markdown.Paragraph(journal.Intact
            ? $"The journal of {facts.Incident.Id} holds {Amount.Of(facts.Events.Count, "event")} in an **intact** chain of hashes: none was changed, removed or put in between."
            : $"**The journal of {facts.Incident.Id} does not verify**{(journal.BrokenAt is { } at ? $" from event {at} on" : "")}: {MarkdownText.Inline(journal.Reason)}.");
        markdown.Table(
            ["What", "Value"],
            [
                ["Last event", facts.Events.Count == 0 ? "–" : $"{facts.Events[^1].Sequence}, {Durations.Time(facts.Events[^1].Time)} UTC"],
                ["Its hash (SHA-256)", facts.Events.Count == 0 ? "–" : MarkdownText.Code(facts.Events[^1].Hash)],
                ["Report written", $"{Durations.Time(facts.WrittenAt)} UTC"],
            ]);
    }
}
