using k8s;
using MalariaIncident;

namespace Engine.Tests.Kubernetes;

public sealed class TransportReadTests
{
    [Fact]
    public async Task An_object_is_read_with_the_token_and_our_own_user_agent()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Deployment());
        var deployment = await fixture.ReadAsync();
        Assert.Equal("api", deployment.Metadata.Name);
        Assert.Equal(("GET", "/apis/apps/v1/namespaces/team/deployments/api", "Bearer s3cr3t-t0ken"), fixture.Server.Seen.Single());
        Assert.StartsWith("MalariaIncident/", fixture.Connection.Http.DefaultRequestHeaders.UserAgent.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT")]
    [InlineData("soon")]
    [InlineData("")]
    public async Task Busy_is_retried_inside_the_deadline_whatever_RetryAfter_says(string retryAfter)
    {
        await using var fixture = await TransportFixture.StartAsync(
            ApiServer.Json(429, """{"kind":"Status","status":"Failure","reason":"TooManyRequests","message":"later"}""", ("Retry-After", retryAfter)), ApiServer.Deployment());
        Assert.Equal("api", (await fixture.ReadAsync()).Metadata.Name);
        Assert.Equal(2, fixture.Server.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_servers_own_time_is_waited_for(bool asDate)
    {
        // A date is one of the moment of the answer, however long a busy machine took to come to it.
        await using var fixture = await TransportFixture.StartAsync(
            (context, stopping) => ApiServer.Json(
                429, """{"kind":"Status","status":"Failure","reason":"TooManyRequests","message":"later"}""", ("Retry-After", asDate ? DateTimeOffset.UtcNow.AddSeconds(2.5).ToString("R") : "1"))(context, stopping),
            ApiServer.Deployment());
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await fixture.ReadAsync();
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("86400")]
    [InlineData("99999999999999999999")]
    [InlineData("Fri, 31 Dec 2100 23:59:59 GMT")]
    public async Task An_absurd_RetryAfter_never_outlasts_the_deadline(string retryAfter)
    {
        await using var fixture = await TransportFixture.StartAsync(
            ApiServer.Json(429, """{"kind":"Status","status":"Failure","reason":"TooManyRequests","message":"later"}""", ("Retry-After", retryAfter)));
        var failure = await Promise.WithinAsync(TimeSpan.FromSeconds(4), () => Assert.ThrowsAsync<IncidentException>(() => fixture.ReadAsync(2)));
        Assert.Contains(failure.Kind, new[] { FailureKind.ClusterBusy, FailureKind.ClusterTimeout });
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_failing_server_is_asked_again(int code)
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Status(code, "InternalError", "etcd is away"), ApiServer.Deployment());
        Assert.Equal("api", (await fixture.ReadAsync()).Metadata.Name);
    }

    [Fact]
    public async Task A_server_that_keeps_failing_is_named_with_its_reason()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Status(500, "InternalError", "etcd is away"));
        var failure = await TransportFixture.FailsAsync(FailureKind.ClusterRefused, fixture.ReadAsync());
        Assert.Contains("etcd is away", failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, fixture.Server.Count);
    }

    [Fact]
    public async Task A_connection_reset_before_the_answer_is_tried_again()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Reset(), ApiServer.Deployment());
        Assert.Equal("api", (await fixture.ReadAsync()).Metadata.Name);
    }

    [Fact]
    public async Task A_body_cut_in_the_middle_is_tried_again()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.HalfAndReset(), ApiServer.Deployment());
        Assert.Equal("api", (await fixture.ReadAsync()).Metadata.Name);
    }

    [Fact]
    public async Task Truncated_JSON_is_tried_again_and_never_taken_for_whole()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Json(200, """{"kind":"Deployment","metadata":{"na"""), ApiServer.Deployment());
        Assert.Equal("api", (await fixture.ReadAsync()).Metadata.Name);

        await using var always = await TransportFixture.StartAsync(ApiServer.Json(200, """{"kind":"Deployment","metadata":{"na"""));
        await TransportFixture.FailsAsync(FailureKind.ClusterAnswerInvalid, always.ReadAsync());
    }

    // KubernetesClient alone held 20 s here with a timeout of 3 s: its deadline ends at the headers.
    [Fact]
    public async Task The_deadline_covers_a_slow_body()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.HalfAndSilence());
        await Promise.WithinAsync(TimeSpan.FromSeconds(3), () => TransportFixture.FailsAsync(FailureKind.ClusterTimeout, fixture.ReadAsync(1)));
    }

    [Fact]
    public async Task A_cancelled_read_ends_in_mid_body()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.HalfAndSilence());
        using var stop = new CancellationTokenSource();
        Task read = fixture.ReadAsync(300, stop.Token);
        while (fixture.Server.Count == 0)
        {
            await Task.Delay(10);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"kind":"Secret","apiVersion":"v1","metadata":{"name":"api","uid":"u"}}""")]
    [InlineData("""{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"api"}}""")]
    [InlineData("""{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"uid":"u"}}""")]
    public async Task Success_with_something_else_in_the_body_is_refused(string body)
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Json(200, body));
        await TransportFixture.FailsAsync(FailureKind.ClusterAnswerInvalid, fixture.ReadAsync());
    }

    [Fact]
    public async Task A_web_page_with_200_is_refused()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Text(200, "<html>Please log in</html>", "text/html; charset=utf-8"));
        var failure = await TransportFixture.FailsAsync(FailureKind.ClusterAnswerInvalid, fixture.ReadAsync());
        Assert.DoesNotContain("<html>", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirection_is_refused_and_not_followed()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Text(302, "", "text/plain", ("Location", "http://127.0.0.1:1/login")));
        await TransportFixture.FailsAsync(FailureKind.ClusterAnswerInvalid, fixture.ReadAsync());
        Assert.Equal(1, fixture.Server.Count);
    }

    [Theory]
    [InlineData("deployments", FailureKind.DeploymentNotFound)]
    [InlineData("namespaces", FailureKind.NamespaceNotFound)]
    [InlineData("pods", FailureKind.ResourceNotFound)]
    public async Task What_is_missing_is_named(string kind, FailureKind expected)
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Status(404, "NotFound", "it is not found", kind, "api"));
        var failure = await TransportFixture.FailsAsync(expected, fixture.ReadAsync());
        Assert.Equal("api", failure.Subject);
        Assert.Equal(1, fixture.Server.Count);
    }

    [Fact]
    public async Task Forbidden_names_verb_and_resource()
    {
        const string message = "deployments.apps is forbidden: User x cannot get resource deployments in API group apps in the namespace team";
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Status(403, "Forbidden", message, "deployments", "api"));
        var failure = await TransportFixture.FailsAsync(FailureKind.ClusterForbidden, fixture.ReadAsync());
        Assert.Contains("cannot get resource deployments", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unauthorized_is_not_retried_for_a_fixed_token_and_shows_none()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Status(401, "Unauthorized", "Unauthorized"));
        await TransportFixture.FailsAsync(FailureKind.ClusterUnauthenticated, fixture.ReadAsync());
        Assert.Equal(1, fixture.Server.Count);
    }

    [Fact]
    public async Task A_refused_connection_and_an_unknown_host_are_unreachable_at_once()
    {
        using var refused = new KubeConfigFile(new Uri("https://127.0.0.1:1"));
        using var unknown = new KubeConfigFile(new Uri("https://no-such-host.invalid"));
        using var connections = new MalariaIncident.Engine.Kubernetes.ClusterConnections();
        foreach (var file in new[] { refused, unknown })
        {
            var connection = await connections.OpenAsync(file.Scope(), CancellationToken.None);
            await TransportFixture.FailsAsync(
                FailureKind.ClusterUnreachable,
                connection.ReadAsync("Reading nodes", TimeSpan.FromMinutes(1), (client, token) => client.CoreV1.ListNodeAsync(cancellationToken: token), CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_followed_body_is_not_read_to_its_end()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.HalfAndSilence());
        await using Stream log = await fixture.Connection.OpenStreamAsync("Following a log", TimeSpan.FromMinutes(1), "api/v1/namespaces/team/pods/a/log?follow=true", CancellationToken.None);
        byte[] first = new byte[10];
        await log.ReadExactlyAsync(first);
        Assert.Equal("{\"kind\":\"D", System.Text.Encoding.ASCII.GetString(first));
    }

    [Fact]
    public async Task Server_text_is_cleaned_before_it_reaches_a_terminal()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Status(422, "Invalid", "bad \\u001b[31mred\\u202e value", "deployments", "api"));
        var failure = await TransportFixture.FailsAsync(FailureKind.ClusterRefused, fixture.ReadAsync());
        Assert.DoesNotContain('\u001b', failure.Message);
        Assert.DoesNotContain('\u202e', failure.Message);
    }
}
