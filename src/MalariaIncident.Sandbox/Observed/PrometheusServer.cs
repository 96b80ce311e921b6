using System.Globalization;
using System.Text.Json.Nodes;

namespace MalariaIncident.Sandbox.Observed;

/// <summary>The query API of Prometheus for the queries of <see cref="MetricQueries"/>. It has no PromQL: to any other it says so, as to a bad one.</summary>
internal sealed class PrometheusServer(ServiceMetrics metrics) : JsonServer
{
    private const int MostPoints = 11_000;

    /// <summary>What clients ask to see whether there is a Prometheus at all.</summary>
    private const string Anything = "vector(1)";

    protected override async Task<(int Status, JsonObject Body)> AnswerAsync(HttpContext http)
    {
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;
        string Field(string name) => form.TryGetValue(name, out var sent) ? sent.ToString() : http.Request.Query[name].ToString();
        var query = Field("query");
        return http.Request.Path.Value switch
        {
            "/-/healthy" => (200, new JsonObject { ["status"] = "ok" }),
            "/api/v1/query" when query == Anything => Success("vector", new JsonArray(new JsonObject { ["metric"] = new JsonObject(), ["value"] = Point(DateTimeOffset.UtcNow, 1) })),
            "/api/v1/query" or "/api/v1/query_range" when !ServiceMetrics.Queries.Contains(query, StringComparer.Ordinal) =>
                Bad($"the sandbox answers these queries only: {string.Join(" ; ", ServiceMetrics.Queries)}"),
            "/api/v1/query" => Instant(query, Field("time")),
            "/api/v1/query_range" => Range(query, Field("start"), Field("end"), Field("step")),
            _ => (404, new JsonObject { ["status"] = "error", ["errorType"] = "not_found", ["error"] = "the sandbox serves /api/v1/query and /api/v1/query_range" }),
        };
    }

    private (int, JsonObject) Instant(string query, string time)
    {
        var at = time.Length == 0 ? DateTimeOffset.UtcNow : Time(time);
        if (at is null) return Bad("invalid parameter \"time\"");
        var result = metrics.Value(query, at.Value) is { } value ? new JsonArray(new JsonObject { ["metric"] = new JsonObject(), ["value"] = Point(at.Value, value) }) : [];
        return Success("vector", result);
    }

    private (int, JsonObject) Range(string query, string start, string end, string step)
    {
        if (Time(start) is not { } from || Time(end) is not { } to || to < from) return Bad("invalid parameter \"start\" or \"end\"");
        if (!double.TryParse(step, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || seconds <= 0 || (to - from).TotalSeconds / seconds > MostPoints)
            return Bad("invalid parameter \"step\"");
        var points = new JsonArray();
        for (var time = from; time <= to; time = time.AddSeconds(seconds))
            if (metrics.Value(query, time) is { } value) points.Add((JsonNode)Point(time, value));
        return Success("matrix", points.Count == 0 ? [] : new JsonArray(new JsonObject { ["metric"] = new JsonObject(), ["values"] = points }));
    }

    private static JsonArray Point(DateTimeOffset time, double value) =>
        new(time.ToUnixTimeMilliseconds() / 1000.0, value.ToString("R", CultureInfo.InvariantCulture));

    private static DateTimeOffset? Time(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < 100_000_000_000
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static (int, JsonObject) Success(string type, JsonArray result) =>
        (200, new() { ["status"] = "success", ["data"] = new JsonObject { ["resultType"] = type, ["result"] = result } });

    private static (int, JsonObject) Bad(string why) => (400, new() { ["status"] = "error", ["errorType"] = "bad_data", ["error"] = why });
}
