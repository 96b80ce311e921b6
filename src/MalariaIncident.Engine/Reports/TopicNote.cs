namespace MalariaIncident.Engine.Reports;

/// <summary>What a note is about, when it begins with a topic: <c>Lesson: alert on 5xx</c>.</summary>
internal enum NoteTopic
{
    FinancialImpact,
    Lesson,
    Action,
    FollowUp,
}

/// <summary>A note with a topic of the report form. The journal needs no new kind of event for what people write down anyway.</summary>
internal sealed record TopicNote(NoteTopic Topic, string Text, IncidentEvent Source)
{
    private static readonly (string Prefix, NoteTopic Topic)[] Prefixes =
    [
        ("financial impact", NoteTopic.FinancialImpact),
        ("lesson", NoteTopic.Lesson),
        ("lessons learned", NoteTopic.Lesson),
        ("action", NoteTopic.Action),
        ("action item", NoteTopic.Action),
        ("follow-up", NoteTopic.FollowUp),
        ("follow up", NoteTopic.FollowUp),
    ];

    public static IReadOnlyList<TopicNote> Of(IEnumerable<IncidentEvent> events) =>
        [.. events.Where(entry => entry.Kind == EventKind.Note).Select(Parse).OfType<TopicNote>()];

    /// <summary>A part written as <c>; owner: DevOps</c>; null when it is absent.</summary>
    public string? Field(string name) =>
        Text.Split(';').Skip(1).Select(part => part.Split(':', 2))
            .Where(part => part.Length == 2 && part[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(part => part[1].Trim())
            .FirstOrDefault(value => value.Length > 0);

    /// <summary>The text before the first such part.</summary>
    public string Head => Text.Split(';')[0].Trim();

    private static TopicNote? Parse(IncidentEvent note)
    {
        var colon = note.Text.IndexOf(':', StringComparison.Ordinal);
        if (colon is <= 0 or > 20)
        {
            return null;
        }

        var prefix = note.Text[..colon].Trim();
        var text = note.Text[(colon + 1)..].Trim();
        return text.Length == 0
            ? null
            : Prefixes.Where(known => known.Prefix.Equals(prefix, StringComparison.OrdinalIgnoreCase))
                .Select(known => new TopicNote(known.Topic, text, note))
                .FirstOrDefault();
    }
}
