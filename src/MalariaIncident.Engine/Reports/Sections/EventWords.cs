namespace MalariaIncident.Engine.Reports.Sections;

/// <summary>Kinds of event in the words of a report, and the class by which the page marks them.</summary>
internal static class EventWords
{
    public static string Of(EventKind kind) => kind switch
    {
        EventKind.Changed => "Updated",
        EventKind.RoleAssigned => "Role assigned",
        EventKind.TaskCompleted => "Task done",
        EventKind.Checked => "Looked at",
        EventKind.ActionIntended => "Action begun",
        EventKind.ActionProgress => "Action",
        EventKind.ActionSucceeded => "Action succeeded",
        EventKind.ActionFailed => "Action failed",
        EventKind.ActionUnknown => "Action: outcome unknown",
        EventKind.BreakGlass => "Break-glass",
        EventKind.MessageSent => "Message sent",
        _ => kind.ToString(),
    };

    public static string Class(IncidentEvent entry) => entry.Kind switch
    {
        EventKind.Declared or EventKind.Reopened => "e-declared",
        EventKind.ActionIntended or EventKind.ActionProgress => "e-action",
        EventKind.ActionSucceeded or EventKind.Resolved or EventKind.Approved => "e-good",
        EventKind.ActionFailed or EventKind.ActionUnknown or EventKind.BreakGlass => "e-bad",
        EventKind.Verified => ReportFacts.Passed(entry) switch { true => "e-good", false => "e-bad", null => "e-action" },
        EventKind.Note => "e-note",
        EventKind.Checked => "e-look",
        _ => "e-other",
    };
}
