namespace MalariaIncident.Engine.Reports.Sections;

/// <summary>The cause, as someone wrote it down.</summary>
internal static class RootCauseSection
{
    public static void Write(MarkdownWriter markdown, ReportFacts facts)
    {
        var incident = facts.Incident;
        markdown.Paragraph(string.IsNullOrWhiteSpace(incident.RootCause)
            ? ReportSection.NotRecorded($"Set-Incident -Incident {incident.Id} -RootCause '…'")
            : MarkdownText.Paragraphs(incident.RootCause));
    }
}
