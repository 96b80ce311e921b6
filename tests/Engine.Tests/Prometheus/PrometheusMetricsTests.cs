using System.Globalization;
using MalariaIncident;

namespace Engine.Tests.Prometheus;

public sealed class PrometheusMetricsTests
{
    [Fact]
    public async Task Metrics_are_asked_by_name_and_carry_value_unit_labels_and_link()
    {
        await using var prometheus = await FakePrometheus.AnsweringAsync(FakePrometheus.Vector(("api-1", "0.25")));
        var metric = Assert.Single(await prometheus.AskAsync(new() { Names = ["ERROR-rate"] }));

        Assert.Equal(("INC-2026-0001", "production", "error-rate"), (metric.Incident!, metric.Environment!, metric.Name!));
        Assert.Equal((0.25, "ratio", "{pod=\"api-1\"}", ""), (metric.Value!.Value, metric.Unit!, metric.Series, metric.Sparkline));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000.5), metric.Time);
        Assert.Equal("api-1", metric.Labels["pod"]);
        Assert.Matches(@"^https://grafana\.example/d/api\?from=\d{13}&to=\d{13}&var-namespace=malaria&q=sum%28rate%28errors%5B5m%5D%29%29$", metric.Link!);
        var asked = Assert.Single(prometheus.Asked);
        Assert.Equal(("/api/v1/query", "sum(rate(errors[5m]))"), (asked["path"], asked["query"]));
        var (_, kind, text, _) = Assert.Single(prometheus.Journal.Appended);
        Assert.Equal((EventKind.Checked, "Metric error-rate is 0.25 ratio"), (kind, text));
    }

    [Fact]
    public async Task Every_metric_of_the_environment_is_asked_where_none_is_named()
    {
        await using var prometheus = await FakePrometheus.AnsweringAsync(FakePrometheus.Vector(("a", "1"), ("b", "7")));
        var metrics = await prometheus.AskAsync(new());
        Assert.Equal(["error-rate", "error-rate", "latency-p95", "latency-p95"], metrics.Select(metric => metric.Name!));
        Assert.Contains("is 7 s, the highest of 2 series ({pod=\"b\"})", prometheus.Journal.Appended[1].Text, StringComparison.Ordinal);
        Assert.Equal(["latency-p95"], (await prometheus.AskAsync(new() { Names = ["lat*"] })).Select(metric => metric.Name!).Distinct());
    }

    [Fact]
    public async Task A_range_has_points_figures_and_a_line_with_its_gaps()
    {
        var now = DateTimeOffset.UtcNow;
        var points = Enumerable.Range(0, 61).Where(minute => minute is < 20 or >= 40)
            .Select(minute => (now.AddMinutes(minute - 60), minute == 60 ? "NaN" : minute.ToString(CultureInfo.InvariantCulture)));
        await using var prometheus = await FakePrometheus.AnsweringAsync(FakePrometheus.Matrix(points));
        var metric = Assert.Single(await prometheus.AskAsync(new() { Query = "up", Since = TimeSpan.FromHours(1) }));

        Assert.Equal((0.0, 59.0, 41), (metric.Minimum!.Value, metric.Maximum!.Value, metric.Points.Count));
        Assert.True(double.IsNaN(metric.Value!.Value));
        Assert.Equal("up{job=\"api\"}", metric.Series);
        Assert.Equal(30, metric.Sparkline.Length);
        Assert.Equal(('▁', '█'), (metric.Sparkline[0], metric.Sparkline[^1]));
        Assert.InRange(metric.Sparkline.Count(block => block == ' '), 8, 11);
        var asked = Assert.Single(prometheus.Asked);
        Assert.Equal(("/api/v1/query_range", "60"), (asked["path"], asked["step"]));
        var seconds = double.Parse(asked["end"], CultureInfo.InvariantCulture) - double.Parse(asked["start"], CultureInfo.InvariantCulture);
        Assert.Equal(3600, seconds, 3);
    }

    [Fact]
    public async Task A_flat_line_and_infinities_do_not_break_it()
    {
        var now = DateTimeOffset.UtcNow;
        await using var prometheus = await FakePrometheus.AnsweringAsync(FakePrometheus.Matrix([(now.AddMinutes(-30), "+Inf"), (now.AddMinutes(-20), "3"), (now, "3")]));
        var metric = Assert.Single(await prometheus.AskAsync(new() { Query = "up", Since = TimeSpan.FromHours(1) }));
        Assert.Equal((3.0, 3.0, "▁▁"), (metric.Value!.Value, metric.Average!.Value, metric.Sparkline.Replace(" ", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task No_series_is_not_zero()
    {
        await using var prometheus = await FakePrometheus.AnsweringAsync(FakePrometheus.Vector());
        var metric = Assert.Single(await prometheus.AskAsync(new() { Names = ["error-rate"] }));
        Assert.Null(metric.Value);
        Assert.Contains("not the same as zero", Assert.Single(metric.Notes), StringComparison.Ordinal);
        Assert.Equal("Metric error-rate has no series", prometheus.Journal.Appended[0].Text);
    }

    [Fact]
    public async Task Scalars_and_warnings_are_read()
    {
        await using var prometheus = await FakePrometheus.AnsweringAsync("""{"status":"success","data":{"resultType":"scalar","result":[1,"4"]},"warnings":["partial\u001b[31m response"]}""");
        var metric = Assert.Single(await prometheus.AskAsync(new() { Query = "scalar(x)" }));
        Assert.Equal((4.0, "partial response"), (metric.Value!.Value, Assert.Single(metric.Notes)));
    }

    [Fact]
    public async Task One_bad_query_does_not_hide_the_others()
    {
        await using var prometheus = await FakePrometheus.StartAsync(query => query.StartsWith("sum", StringComparison.Ordinal)
            ? (400, """{"status":"error","errorType":"bad_data","error":"parse error"}""", "application/json")
            : (200, FakePrometheus.Vector(("a", "1")), "application/json"));
        await Assert.ThrowsAsync<IncidentException>(() => prometheus.AskAsync(new()));
        Assert.Equal("Metric latency-p95 is 1 s", Assert.Single(prometheus.Journal.Appended).Text);
    }

    [Fact]
    public async Task Credentials_of_the_address_sign_in_and_are_shown_nowhere()
    {
        await using var prometheus = await FakePrometheus.AnsweringAsync("no", 401, "text/plain");
        var address = prometheus.Uri.ToString().Replace("http://", "http://joe:s3cr3t-word@", StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => prometheus.AskAsync(new() { Query = "up", Prometheus = address }));
        Assert.Equal(FailureKind.MetricsUnauthenticated, failure.Kind);
        Assert.DoesNotContain("s3cr3t-word", $"{failure} {failure.Advice} {failure.Subject}", StringComparison.Ordinal);
        Assert.StartsWith("Basic ", prometheus.Server.Seen[0].Authorization, StringComparison.Ordinal);
    }
}
