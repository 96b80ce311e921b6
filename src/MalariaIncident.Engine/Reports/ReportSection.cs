namespace MalariaIncident.Engine.Reports;

/// <summary>One section of the report form: Markdown for both formats, unless the page draws it in a form of its own.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Write">Writes its Markdown, without the heading.</param>
/// <param name="Html">Draws it for the page; null lets the Markdown be rendered.</param>
internal sealed record ReportSection(string Title, Action<MarkdownWriter, ReportFacts> Write, Func<ReportFacts, string>? Html = null)
{
    /// <summary>The runbook's report form, in its order, and what makes the record trustworthy.</summary>
    public static IReadOnlyList<ReportSection> All { get; } =
    [
        new("Summary", Sections.SummarySection.Write),
        new("Timeline", Sections.TimelineSection.Write, Sections.TimelineSection.Html),
        new("Root Cause", Sections.RootCauseSection.Write),
        new("Impact", Sections.ImpactSection.Write),
        new("Resolution", Sections.ResolutionSection.Write),
        new("Lessons Learned", Sections.LessonsSection.Write),
        new("Action Items", Sections.ActionItemsSection.Write),
        new("Follow-up", Sections.FollowUpSection.Write),
        new("Record", Sections.RecordSection.Write),
    ];

    /// <summary>What the journal does not know, and the command that records it.</summary>
    public static string NotRecorded(string command) => $"*Not recorded.* {MarkdownText.Code(command)} records it.";
}
