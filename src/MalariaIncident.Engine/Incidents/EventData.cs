using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Incidents;

/// <summary>
/// The names under which this room keeps facts in an event's data, and how to read them. A value of another type than expected
/// reads as absent: journals outlive the modules that wrote them.
/// </summary>
internal static class EventData
{
    public const string Title = "title";
    public const string Severity = "severity";
    public const string Criteria = "criteria";
    public const string Facts = "facts";
    public const string Policy = "policy";
    public const string PolicyName = "name";
    public const string ResponseTime = "responseTime";
    public const string ResolutionTarget = "resolutionTarget";
    public const string EscalateAfter = "escalateAfter";
    public const string Environment = "environment";
    public const string StartedAt = "startedAt";
    public const string Status = "status";
    public const string RootCause = "rootCause";
    public const string UsersAffected = "usersAffected";
    public const string ServicesAffected = "servicesAffected";
    public const string ResolvedAt = "resolvedAt";
    public const string Reason = "reason";
    public const string Forced = "forced";
    public const string Mitigations = "mitigations";
    public const string Role = "role";
    public const string Person = "person";
    /// <summary>In a Verified event: true or false.</summary>
    public const string Passed = "passed";
    /// <summary>In a Verified event: the lines of the runbook's list, where the whole incident was verified and not one change.</summary>
    public const string Checks = "checks";

    public static string? Text(JsonObject data, string name) => data[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static bool? Flag(JsonObject data, string name) => data[name] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    public static double? Number(JsonObject data, string name) => data[name] is { } node && node.GetValueKind() == JsonValueKind.Number
        ? double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture)
        : null;

    public static T? Value<T>(JsonObject data, string name)
        where T : struct, Enum => Enum.TryParse<T>(Text(data, name), out var value) && Enum.IsDefined(value) ? value : null;

    public static DateTimeOffset? Time(JsonObject data, string name) =>
        DateTimeOffset.TryParse(Text(data, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    public static TimeSpan? Duration(JsonObject data, string name) =>
        TimeSpan.TryParseExact(Text(data, name), "c", CultureInfo.InvariantCulture, out var duration) ? duration : null;

    public static IReadOnlyList<string>? Texts(JsonObject data, string name) => data[name] is JsonArray array
        ? [.. array.OfType<JsonValue>().Select(value => value.TryGetValue<string>(out var text) ? text : null).OfType<string>()]
        : null;

    public static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode?)JsonValue.Create(text))];

    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    public static JsonObject Of(SeverityPolicy policy) => new()
    {
        [PolicyName] = policy.Name,
        [ResponseTime] = policy.ResponseTime.ToString("c", CultureInfo.InvariantCulture),
        [ResolutionTarget] = policy.ResolutionTarget.ToString("c", CultureInfo.InvariantCulture),
        [EscalateAfter] = policy.EscalateAfter?.ToString("c", CultureInfo.InvariantCulture),
    };
}
