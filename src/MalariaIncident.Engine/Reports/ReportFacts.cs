using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Reports;

/// <summary>Everything that a report is written from, read once, so that its formats tell the same story.</summary>
internal sealed record ReportFacts
{
    public required Incident Incident { get; init; }
    public required IReadOnlyList<IncidentEvent> Events { get; init; }
    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<Mitigation> Mitigations { get; init; }
    public required JournalCheck Journal { get; init; }
    public required DateTimeOffset WrittenAt { get; init; }

    public IReadOnlyList<ReportMetric> Metrics => ReportMetric.Of(Incident, Mitigations, WrittenAt);

    public IReadOnlyList<TopicNote> Notes(NoteTopic topic) => [.. TopicNote.Of(Events).Where(note => note.Topic == topic)];

    /// <summary>The last verification of the whole, with its checks; null when there was none.</summary>
    public IncidentEvent? LastVerification => Events.LastOrDefault(entry => entry.Kind == EventKind.Verified && Checks(entry).Count > 0);

    public static bool? Passed(IncidentEvent verified) => Flag(verified.Data?["passed"]);

    /// <summary>The mitigation that the event belongs to; null for any other.</summary>
    public static string? Mitigation(IncidentEvent entry) => Text(entry.Data?["mitigation"]);

    public static IReadOnlyList<ResolutionCheck> Checks(IncidentEvent verified) => verified.Data?["checks"] is not JsonArray checks
        ? []
        : [.. checks.OfType<JsonObject>().Select(check => new ResolutionCheck(Text(check["check"]) ?? "?", Flag(check["passed"]), Text(check["detail"]) ?? ""))];

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static bool? Flag(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;
}
