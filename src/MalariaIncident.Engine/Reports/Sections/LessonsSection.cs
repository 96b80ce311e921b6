namespace MalariaIncident.Engine.Reports.Sections;

/// <summary>What was learned, from the notes that say so.</summary>
internal static class LessonsSection
{
    public static void Write(MarkdownWriter markdown, ReportFacts facts)
    {
        var lessons = facts.Notes(NoteTopic.Lesson);
        if (lessons.Count == 0)
        {
            markdown.Paragraph(ReportSection.NotRecorded($"Add-IncidentNote -Incident {facts.Incident.Id} -Text 'Lesson: …'"));
            return;
        }

        markdown.List(lessons.Select(lesson => $"{MarkdownText.Inline(lesson.Text)} ({MarkdownText.Inline(lesson.Source.Actor, 80)})"));
    }
}
