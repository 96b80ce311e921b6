namespace MalariaIncident.Engine.Reports.Sections;

/// <summary>Preventive measures, from the notes that say so.</summary>
internal static class ActionItemsSection
{
    public static void Write(MarkdownWriter markdown, ReportFacts facts)
    {
        var actions = facts.Notes(NoteTopic.Action);
        if (actions.Count == 0)
        {
            markdown.Paragraph(ReportSection.NotRecorded($"Add-IncidentNote -Incident {facts.Incident.Id} -Text 'Action: …; owner: …; due: …; priority: …'"));
            return;
        }

        markdown.Table(
            ["Action", "Owner", "Due", "Priority"],
            actions.Select(action => new[]
            {
                MarkdownText.Inline(action.Head),
                Cell(action.Field("owner")),
                Cell(action.Field("due")),
                Cell(action.Field("priority")),
            }));
    }

    private static string Cell(string? value) => value is null ? "–" : MarkdownText.Inline(value, 120);
}
