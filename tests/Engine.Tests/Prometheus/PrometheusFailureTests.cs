using Engine.Tests.Http;
using MalariaIncident;
using Microsoft.AspNetCore.Http;

namespace Engine.Tests.Prometheus;

/// <summary>What must not be taken for data.</summary>
public sealed class PrometheusFailureTests
{
    private static readonly MetricQuestion Up = new() { Query = "up" };

    [Theory]
    [InlineData(400, """{"status":"error","errorType":"bad_data","error":"1:5: parse error: unexpected end"}""", FailureKind.QueryInvalid, "1:5: parse error")]
    [InlineData(503, """{"status":"error","errorType":"timeout","error":"query timed out"}""", FailureKind.MetricsTimeout, "gave the query up")]
    [InlineData(422, """{"status":"error","errorType":"execution","error":"many-to-many"}""", FailureKind.MetricsRefused, "many-to-many")]
    [InlineData(200, """{"status":"error","errorType":"internal","error":"disk"}""", FailureKind.MetricsRefused, "disk")]
    [InlineData(502, "bad gateway", FailureKind.MetricsRefused, "502")]
    [InlineData(404, """{"message":"not found"}""", FailureKind.MetricsAnswerInvalid, "no query API")]
    [InlineData(403, "{}", FailureKind.MetricsUnauthenticated, "403")]
    [InlineData(200, "<html>Sign in</html>", FailureKind.MetricsAnswerInvalid, "web page")]
    [InlineData(200, """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,""", FailureKind.MetricsAnswerInvalid, "cut off")]
    [InlineData(200, """{"status":"success"}""", FailureKind.MetricsAnswerInvalid, "no answer of its query API")]
    [InlineData(200, """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"x"]}]}}""", FailureKind.MetricsAnswerInvalid, "no answer")]
    [InlineData(200, """{"status":"success","data":{"resultType":"string","result":[1,"x"]}}""", FailureKind.QueryInvalid, "text")]
    [InlineData(200, "null", FailureKind.MetricsAnswerInvalid, "no answer")]
    [InlineData(200, "{}", FailureKind.MetricsAnswerInvalid, "no answer")]
    public async Task Status_and_body_are_judged(int status, string body, FailureKind kind, string told)
    {
        await using var prometheus = await FakePrometheus.AnsweringAsync(body, status);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => prometheus.AskAsync(Up));
        Assert.Equal(kind, failure.Kind);
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
        Assert.Empty(prometheus.Journal.Appended);
    }

    [Fact]
    public async Task Trap_a_deadline_that_ends_at_the_headers_does_not_bound_a_slow_body()
    {
        await using var prometheus = await FakePrometheus.AnsweringAsync("{}");
        await using var slow = await HealthServer.StartAsync(async (context, stopping) =>
        {
            await context.Response.WriteAsync("{", stopping);
            await context.Response.Body.FlushAsync(stopping);
            await Task.Delay(Timeout.Infinite, stopping);
        });
        var failure = await Assert.ThrowsAsync<IncidentException>(
            () => prometheus.AskAsync(Up with { Prometheus = slow.Uri.ToString() }, timeout: TimeSpan.FromSeconds(1)));
        Assert.Equal(FailureKind.MetricsTimeout, failure.Kind);
    }

    [Fact]
    public async Task A_redirect_to_a_sign_in_page_is_not_followed()
    {
        await using var prometheus = await FakePrometheus.AnsweringAsync("{}");
        await using var proxy = await HealthServer.StartAsync((context, _) =>
        {
            context.Response.Redirect("https://login.example/?state=abc");
            return Task.CompletedTask;
        });
        var failure = await Assert.ThrowsAsync<IncidentException>(() => prometheus.AskAsync(Up with { Prometheus = proxy.Uri.ToString() }));
        Assert.Equal(FailureKind.MetricsAnswerInvalid, failure.Kind);
        Assert.Contains("login.example", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_and_untrusted_are_told_apart()
    {
        await using var prometheus = await FakePrometheus.AnsweringAsync("{}");
        var down = await Assert.ThrowsAsync<IncidentException>(() => prometheus.AskAsync(Up with { Prometheus = "http://127.0.0.1:1" }));
        Assert.Equal(FailureKind.MetricsUnreachable, down.Kind);
        using var authority = new TestCertificates();
        using var certificate = authority.Issue(null, expiresInDays: 10);
        await using var secure = await HealthServer.StartAsync((context, stopping) => context.Response.WriteAsync("{}", stopping), certificate);
        var untrusted = await Assert.ThrowsAsync<IncidentException>(() => prometheus.AskAsync(Up with { Prometheus = secure.Uri.ToString() }));
        Assert.Equal(FailureKind.MetricsUntrusted, untrusted.Kind);
    }

    [Fact]
    public async Task More_series_than_anyone_reads_are_refused_with_what_to_do()
    {
        await using var prometheus = await FakePrometheus.AnsweringAsync(FakePrometheus.Vector([.. Enumerable.Range(0, 2001).Select(number => ($"pod-{number}", "1"))]));
        var failure = await Assert.ThrowsAsync<IncidentException>(() => prometheus.AskAsync(Up));
        Assert.Equal(FailureKind.MetricsRefused, failure.Kind);
        Assert.Contains("topk", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_configured_says_what_to_set()
    {
        await using var prometheus = await FakePrometheus.AnsweringAsync("{}");
        var bare = new OperationsEnvironment { Name = "staging" };
        Assert.Contains("'metrics'", (await FailAsync(prometheus, new(), bare)).Advice, StringComparison.Ordinal);
        Assert.Contains("'prometheus'", (await FailAsync(prometheus, Up, bare)).Advice, StringComparison.Ordinal);
        var unknown = await FailAsync(prometheus, new() { Names = ["eror-rate"] }, prometheus.Environment);
        Assert.Equal(FailureKind.MetricNotFound, unknown.Kind);
        Assert.Contains("error-rate, latency-p95", unknown.Message, StringComparison.Ordinal);
        Assert.Empty(prometheus.Asked);
    }

    [Theory]
    [InlineData(null, 60)]
    [InlineData(0, null)]
    [InlineData(86400, 1)]
    [InlineData(60, 120)]
    public async Task A_range_that_makes_no_sense_is_refused(int? since, int? step)
    {
        await using var prometheus = await FakePrometheus.AnsweringAsync("{}");
        var question = Up with { Since = since is null ? null : TimeSpan.FromSeconds(since.Value), Step = step is null ? null : TimeSpan.FromSeconds(step.Value) };
        Assert.Equal(FailureKind.ArgumentInvalid, (await FailAsync(prometheus, question, prometheus.Environment)).Kind);
    }

    private static Task<IncidentException> FailAsync(FakePrometheus prometheus, MetricQuestion question, OperationsEnvironment environment) =>
        Assert.ThrowsAsync<IncidentException>(() => prometheus.AskAsync(question, environment));
}
