using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MalariaIncident;
using MalariaIncident.Engine.Http;
using MalariaIncident.Engine.Web;
using Microsoft.AspNetCore.Http;

namespace Engine.Tests.Http;

/// <summary>traps.md, "Probes": a status and a body are judged, every call has a deadline; each failure is told apart.</summary>
public sealed class HealthProbeTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Trap_curl_exits_0_on_a_503_so_the_status_is_judged_and_the_body_shown()
    {
        await using var server = await HealthServer.AnsweringAsync(503, """{"status":"unavailable","reason":"database"}""");
        var answer = await AskAsync(server.Uri);
        Assert.Equal(ProbeFailure.Status, answer.Failure);
        Assert.Equal(503, answer.StatusCode);
        Assert.Contains("503 Service Unavailable", answer.Detail, StringComparison.Ordinal);
        Assert.Contains("database", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"status":"down"}""", ProbeFailure.BodySaysDown)]
    [InlineData("""{"status":"UP","components":{"db":{"status":"UP"}}}""", null)]
    [InlineData("""{"status":"pass"}""", null)]
    [InlineData("""{"status":"degraded"}""", null)]
    [InlineData("""{"healthy":false}""", ProbeFailure.BodySaysDown)]
    [InlineData("""{"Status":"Unhealthy","results":{"redis":{"status":"Unhealthy"}}}""", ProbeFailure.BodySaysDown)]
    [InlineData("""{"checks":{"database":"down","cache":"ok"}}""", ProbeFailure.BodySaysDown)]
    [InlineData("""{"checks":[{"name":"database","status":"fail"}]}""", ProbeFailure.BodySaysDown)]
    [InlineData("""{"status":"ok""", ProbeFailure.BodyInvalid)]
    [InlineData("", null)]
    public async Task A_200_whose_body_says_down_is_not_healthy(string body, ProbeFailure? expected)
    {
        await using var server = await HealthServer.AnsweringAsync(200, body);
        var answer = await AskAsync(server.Uri);
        Assert.Equal(expected, answer.Failure);
        Assert.Equal(200, answer.StatusCode);
    }

    [Theory]
    [InlineData("OK", null)]
    [InlineData("unhealthy", ProbeFailure.BodySaysDown)]
    [InlineData("<html><body>Please sign in</body></html>", ProbeFailure.BodyInvalid)]
    public async Task Plain_text_is_read_and_a_web_page_is_refused(string body, ProbeFailure? expected)
    {
        await using var server = await HealthServer.AnsweringAsync(200, body, "text/plain");
        Assert.Equal(expected, (await AskAsync(server.Uri)).Failure);
    }

    [Fact]
    public async Task Slow_headers_end_at_the_deadline()
    {
        await using var server = await HealthServer.StartAsync((_, stopping) => Task.Delay(Timeout.Infinite, stopping));
        var (answer, elapsed) = await TimedAsync(server.Uri, TimeSpan.FromSeconds(2));
        Assert.Equal(ProbeFailure.Timeout, answer.Failure);
        Assert.Null(answer.StatusCode);
        Assert.InRange(elapsed.TotalSeconds, 1.9, 60);
    }

    [Fact]
    public async Task A_slow_body_ends_at_the_deadline_too()
    {
        await using var server = await HealthServer.StartAsync(async (context, stopping) =>
        {
            await context.Response.WriteAsync("{", stopping);
            await context.Response.Body.FlushAsync(stopping);
            await Task.Delay(Timeout.Infinite, stopping);
        });
        var deadline = TimeSpan.FromSeconds(2);
        var (answer, elapsed) = await TimedAsync(server.Uri, deadline);
        // On a busy machine the headers may take as long as that, too.
        for (; answer.StatusCode is null && deadline < Generous; (answer, elapsed) = await TimedAsync(server.Uri, deadline))
        {
            deadline *= 2;
        }

        Assert.Equal(ProbeFailure.Timeout, answer.Failure);
        Assert.Equal(200, answer.StatusCode);
        Assert.Contains("body", answer.Detail, StringComparison.Ordinal);
        Assert.InRange(elapsed, deadline - TimeSpan.FromMilliseconds(100), deadline + TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_body_cut_off_is_a_lost_connection()
    {
        await using var server = await HealthServer.StartAsync(async (context, stopping) =>
        {
            context.Response.ContentLength = 500;
            await context.Response.WriteAsync("""{"status":"ok",""", stopping);
            await context.Response.Body.FlushAsync(stopping);
            context.Abort();
        });
        Assert.Equal(ProbeFailure.ConnectionLost, (await AskAsync(server.Uri)).Failure);
    }

    [Fact]
    public async Task A_compressed_body_that_is_broken_is_said_to_be_so()
    {
        await using var server = await HealthServer.StartAsync(async (context, stopping) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.WriteAsync("""{"status":"ok"}""", stopping);
        });
        var answer = await AskAsync(server.Uri);
        Assert.Equal((ProbeFailure.BodyInvalid, 200), (answer.Failure, answer.StatusCode));
        Assert.Equal(ProbeFailure.BodyInvalid, (await new WebConversation(TimeProvider.System).AskAsync(new WebQuestion { Uri = server.Uri }, Generous, CancellationToken.None)).Failure);
    }

    [Fact]
    public async Task A_body_without_end_is_not_read_to_the_end()
    {
        await using var server = await HealthServer.StartAsync(async (context, stopping) =>
        {
            while (!context.RequestAborted.IsCancellationRequested && !stopping.IsCancellationRequested)
            {
                await context.Response.WriteAsync(new string('x', 65536), context.RequestAborted);
            }
        });
        Assert.Equal(ProbeFailure.BodyInvalid, (await AskAsync(server.Uri)).Failure);
    }

    [Fact]
    public async Task A_refused_port_and_an_unknown_host_are_told_apart()
    {
        const int port = 1;
        var refused = await AskAsync(new Uri($"http://127.0.0.1:{port}/health/liveness"));
        Assert.Equal(ProbeFailure.ConnectionRefused, refused.Failure);
        Assert.Contains($"port {port}", refused.Detail, StringComparison.Ordinal);

        var unknown = await AskAsync(new Uri("http://no-such-host.invalid/health/liveness"));
        Assert.Equal(ProbeFailure.HostNotFound, unknown.Failure);
        Assert.Contains("no-such-host.invalid", unknown.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_HTTP_is_said_to_be_so()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("SSH-2.0-OpenSSH_9.2\r\n\r\n"u8.ToArray());
            // Open until the client has read it.
            await client.GetStream().CopyToAsync(Stream.Null).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        Assert.Equal(ProbeFailure.Protocol, (await AskAsync(new Uri($"http://127.0.0.1:{port}/"))).Failure);
        await serving;
    }

    [Fact]
    public async Task Credentials_go_to_the_port_that_was_named_and_to_no_other_of_its_host()
    {
        await using var other = await HealthServer.AnsweringAsync(200, "{}");
        await using var server = await HealthServer.StartAsync((context, _) =>
        {
            context.Response.Redirect(context.Request.Path == "/here" ? "/there" : $"http://127.0.0.1:{other.Uri.Port}/");
            return Task.CompletedTask;
        });

        Assert.True((await AskAsync(new UriBuilder(server.Uri) { UserName = "probe", Password = "secret", Path = "/here" }.Uri)).Healthy);
        Assert.Equal(2, server.Seen.Count);
        Assert.All(server.Seen, seen => Assert.StartsWith("Basic ", seen.Authorization, StringComparison.Ordinal));
        Assert.Equal("", Assert.Single(other.Seen).Authorization);
    }

    [Fact]
    public async Task A_redirect_to_another_host_is_not_followed_and_one_on_the_same_host_is()
    {
        await using var elsewhere = await HealthServer.AnsweringAsync(200, "{}");
        await using var server = await HealthServer.StartAsync((context, _) =>
        {
            var target = context.Request.Path.Value switch
            {
                "/moved" => "/moved/",
                "/away" => $"http://localhost:{elsewhere.Uri.Port}/?token=secret",
                "/circle" => "/circle",
                _ => null,
            };
            if (target is not null)
            {
                context.Response.Redirect(target);
            }

            return Task.CompletedTask;
        });

        Assert.True((await AskAsync(new Uri(server.Uri, "/moved"))).Healthy);
        Assert.Equal(ProbeFailure.Redirect, (await AskAsync(new Uri(server.Uri, "/circle"))).Failure);
        var away = await AskAsync(new Uri(server.Uri, "/away"));
        Assert.Equal(ProbeFailure.Redirect, away.Failure);
        Assert.DoesNotContain("secret", away.Detail, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Seen);
    }

    [Fact]
    public async Task A_proxy_that_asks_for_credentials_is_named()
    {
        await using var server = await HealthServer.AnsweringAsync(407, "<html>proxy</html>", "text/html");
        Assert.Equal(ProbeFailure.Proxy, (await AskAsync(server.Uri)).Failure);
    }

    [Fact]
    public async Task Control_characters_of_a_body_do_not_reach_the_terminal()
    {
        await using var server = await HealthServer.AnsweringAsync(503, "\u001b[31mred\u001b[0m\r\nnext\u0007 \u202Eevil \u009b2J\u001b]0;title\u0007end", "text/plain");
        Assert.Equal("red next evil end", (await AskAsync(server.Uri)).Body);
    }

    [Fact]
    public async Task It_says_who_asks_and_sends_the_credentials_of_the_address_without_showing_them()
    {
        await using var server = await HealthServer.AnsweringAsync(200, "{}");
        var address = ProbeAddress.Parse("liveness", $"http://probe:s3cret@127.0.0.1:{server.Uri.Port}/health?token=t0ken");
        var answer = await new HealthProbe(TimeProvider.System).AskAsync(address, Generous, CancellationToken.None);
        Assert.True(answer.Healthy);
        var (userAgent, authorization, _) = Assert.Single(server.Seen);
        Assert.StartsWith("MalariaIncident/", userAgent, StringComparison.Ordinal);
        Assert.Equal("Basic " + Convert.ToBase64String("probe:s3cret"u8), authorization);
        Assert.Equal($"http://127.0.0.1:{server.Uri.Port}/health?token=***", address.Display);
    }

    [Theory]
    [InlineData("api.example.com/health")]
    [InlineData("ftp://api.example.com/health")]
    [InlineData("http://")]
    [InlineData("user:s3cret@host/health?token=s3cret")]
    public void An_address_that_cannot_be_asked_is_refused_without_its_secrets(string address)
    {
        var failure = Assert.Throws<IncidentException>(() => ProbeAddress.Parse("liveness", address));
        Assert.Equal(FailureKind.ArgumentInvalid, failure.Kind);
        Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_callers_token_stops_it()
    {
        await using var server = await HealthServer.StartAsync((_, stopping) => Task.Delay(Timeout.Infinite, stopping));
        using var stop = new CancellationTokenSource();
        var asking = new HealthProbe(TimeProvider.System).AskAsync(ProbeAddress.Parse("liveness", server.Uri.ToString()), Generous, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    internal static Task<ProbeAnswer> AskAsync(Uri uri) =>
        new HealthProbe(TimeProvider.System).AskAsync(ProbeAddress.Parse("liveness", uri.ToString()), Generous, CancellationToken.None);

    private static async Task<(ProbeAnswer, TimeSpan)> TimedAsync(Uri uri, TimeSpan timeout)
    {
        var watch = Stopwatch.StartNew();
        var answer = await new HealthProbe(TimeProvider.System).AskAsync(ProbeAddress.Parse("liveness", uri.ToString()), timeout, CancellationToken.None);
        return (answer, watch.Elapsed);
    }
}
