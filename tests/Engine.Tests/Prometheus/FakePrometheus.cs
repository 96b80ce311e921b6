using System.Text.Json;
using Engine.Tests.Http;
using MalariaIncident;
using MalariaIncident.Engine.Prometheus;
using MalariaIncident.Engine.Web;
using Microsoft.AspNetCore.Http;

namespace Engine.Tests.Prometheus;

/// <summary>A Prometheus of canned answers, which remembers what it was asked; and the room that asks it.</summary>
internal sealed class FakePrometheus : IAsyncDisposable
{
    private HealthServer? server;

    public RecordingJournal Journal { get; } = new();

    /// <summary>Form fields of every request, its path under <c>path</c>.</summary>
    public List<Dictionary<string, string>> Asked { get; } = [];

    public Uri Uri => server!.Uri;

    public HealthServer Server => server!;

    public OperationsEnvironment Environment => new()
    {
        Name = "production",
        Namespace = "malaria",
        Prometheus = Uri.ToString(),
        Metrics = new Dictionary<string, NamedMetric>(StringComparer.OrdinalIgnoreCase)
        {
            ["error-rate"] = new("sum(rate(errors[5m]))", "ratio"),
            ["latency-p95"] = new("histogram_quantile(0.95, latency)", "s"),
        },
        Grafana = "https://grafana.example/d/api?from={from}&to={to}&var-namespace={namespace}&q={query}",
    };

    public static Task<FakePrometheus> AnsweringAsync(string body, int status = 200, string type = "application/json") =>
        StartAsync(_ => (status, body, type));

    public static async Task<FakePrometheus> StartAsync(Func<string, (int Status, string Body, string Type)> answer)
    {
        var fake = new FakePrometheus();
        fake.server = await HealthServer.StartAsync(async (context, stopping) =>
        {
            var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(stopping) : FormCollection.Empty;
            var asked = form.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
            asked["path"] = context.Request.Path;
            lock (fake.Asked)
            {
                fake.Asked.Add(asked);
            }

            var (status, body, type) = answer(asked.GetValueOrDefault("query", ""));
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            await context.Response.WriteAsync(body, stopping);
        });
        return fake;
    }

    public static string Vector(params (string Label, string Value)[] series) => Success(
        "vector", series.Select(one => (object)new { metric = new { pod = one.Label }, value = new object[] { 1_700_000_000.5, one.Value } }));

    public static string Matrix(IEnumerable<(DateTimeOffset Time, string Value)> points) => Success(
        "matrix", [new { metric = new { __name__ = "up", job = "api" }, values = points.Select(point => new object[] { point.Time.ToUnixTimeMilliseconds() / 1000.0, point.Value }) }]);

    public async Task<List<ServiceMetric>> AskAsync(MetricQuestion question, OperationsEnvironment? environment = null, TimeSpan? timeout = null)
    {
        var metrics = new PrometheusMetrics(new FixedScopes(environment ?? Environment), Journal, new WebConversation(TimeProvider.System), TimeProvider.System);
        var found = new List<ServiceMetric>();
        await foreach (var metric in metrics.QueryAsync(new Scope { Incident = "INC-2026-0001", Timeout = timeout }, question, CancellationToken.None))
        {
            found.Add(metric);
        }

        return found;
    }

    public async ValueTask DisposeAsync() => await server!.DisposeAsync();

    private static string Success(string type, IEnumerable<object> result) =>
        JsonSerializer.Serialize(new { status = "success", data = new { resultType = type, result } });
}
