using System.Diagnostics;
using MalariaIncident;

namespace Engine.Tests.Kubernetes;

/// <summary>Credential plugins are programs: these are shell scripts.</summary>
public sealed class ExecPluginTests
{
    // KubernetesClient alone runs the plugin twice.
    [SkippableFact]
    public async Task The_plugin_runs_once_for_many_requests()
    {
        await using var fixture = await StartAsync(Says("from-plugin"), ApiServer.Deployment());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => fixture.ReadAsync()));
        Assert.All(fixture.Server.Seen, seen => Assert.Equal("Bearer from-plugin", seen.Authorization));
        Assert.Equal(1, Runs(fixture));
    }

    [SkippableFact]
    public async Task An_expired_credential_is_fetched_again()
    {
        await using var fixture = await StartAsync(Says("t", "2020-01-01T00:00:00Z"), ApiServer.Deployment());
        await fixture.ReadAsync();
        await fixture.ReadAsync();
        Assert.Equal(2, Runs(fixture));
    }

    [SkippableFact]
    public async Task The_year_1_is_how_Go_writes_no_end()
    {
        await using var fixture = await StartAsync(Says("t", "0001-01-01T00:00:00Z"), ApiServer.Deployment());
        await fixture.ReadAsync();
        await fixture.ReadAsync();
        Assert.Equal(1, Runs(fixture));
    }

    [SkippableFact]
    public async Task A_credential_whose_end_cannot_be_read_is_never_taken()
    {
        await using var fixture = await StartAsync(Says("s3cr3t", "soon"), ApiServer.Deployment());
        await TransportFixture.FailsAsync(FailureKind.ClusterUnauthenticated, fixture.ReadAsync());
        await TransportFixture.FailsAsync(FailureKind.ClusterUnauthenticated, fixture.ReadAsync());
        Assert.Equal(0, fixture.Server.Count);
    }

    [SkippableFact]
    public async Task A_refused_token_is_refreshed_exactly_once()
    {
        await using var fixture = await StartAsync(
            Says("token-$(wc -l < \"$RUNS\" | tr -d ' ')"),
            (context, stopping) => (context.Request.Headers.Authorization == "Bearer token-2" ? ApiServer.Deployment() : ApiServer.Status(401, "Unauthorized", "no"))(context, stopping));
        await fixture.ReadAsync();
        Assert.Equal(["Bearer token-1", "Bearer token-2"], fixture.Server.Seen.Select(seen => seen.Authorization));

        await using var never = await StartAsync(Says("s3cr3t"), ApiServer.Status(401, "Unauthorized", "no"));
        await TransportFixture.FailsAsync(FailureKind.ClusterUnauthenticated, never.ReadAsync());
        Assert.Equal(2, Runs(never));
        Assert.Equal(2, never.Server.Count);
    }

    [SkippableFact]
    public async Task A_write_is_refreshed_and_sent_again_since_401_means_that_nothing_was_done()
    {
        await using var fixture = await StartAsync(Says("t"), ApiServer.Status(401, "Unauthorized", "no"), ApiServer.Deployment());
        await fixture.PatchAsync();
        Assert.Equal(2, fixture.Server.Count);
    }

    [SkippableTheory]
    [InlineData("echo not json s3cr3t", "not JSON")]
    [InlineData("echo '{\"kind\":\"Other\"}'", "other than an ExecCredential")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"status\":{\"token\":\"s3cr3t\"}}'", "other than an ExecCredential")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{}}'", "neither a token nor")]
    [InlineData("echo 'session expired, run: sso login' >&2; exit 3", "exit code 3 and said: session expired, run: sso login")]
    [InlineData("echo 'token eyJhbGciOi1234567890s3cr3t refused' >&2; exit 1", "said: token … refused")]
    public async Task A_plugin_that_fails_is_named_without_a_secret(string body, string why)
    {
        await using var fixture = await StartAsync(body, ApiServer.Deployment());
        var failure = await TransportFixture.FailsAsync(FailureKind.ClusterUnauthenticated, fixture.ReadAsync());
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.Contains("'plugin'", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, fixture.Server.Count);
    }

    [SkippableFact]
    public async Task A_plugin_that_hangs_ends_with_the_deadline_and_leaves_no_process()
    {
        await using var fixture = await StartAsync("echo $$ > \"$RUNS.pid\"; exec sleep 600", ApiServer.Deployment());
        string file = Path.Combine(fixture.Folder, "runs.pid");
        // The deadline passes when the shell has said who it is; then it sleeps for ten minutes.
        Task reading = fixture.OverdueAsync(seconds => fixture.ReadAsync(seconds), () => File.Exists(file) && File.ReadAllText(file).EndsWith('\n'));
        await TransportFixture.FailsAsync(FailureKind.ClusterTimeout, reading.WaitAsync(TimeSpan.FromMinutes(5)));
        int pid = int.Parse(File.ReadAllText(file), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(SpinWait.SpinUntil(() => !IsAlive(pid), TimeSpan.FromMinutes(1)));
    }

    [SkippableFact]
    public async Task A_missing_plugin_comes_with_its_install_hint()
    {
        Skip.If(OperatingSystem.IsWindows());
        await using var fixture = await TransportFixture.StartAsync(
            uri => new KubeConfigFile(uri, user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, installHint: install it so, interactiveMode: Never}"),
            ApiServer.Deployment());
        var failure = await TransportFixture.FailsAsync(FailureKind.ClusterUnauthenticated, fixture.ReadAsync());
        Assert.Equal("install it so", failure.Advice);
    }

    [SkippableFact]
    public async Task The_plugin_is_told_which_cluster_it_is_for()
    {
        await using var fixture = await StartAsync("echo \"$KUBERNETES_EXEC_INFO\" > \"$RUNS.info\"; " + Says("t"), ApiServer.Deployment());
        await fixture.ReadAsync();
        var info = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(fixture.Folder, "runs.info")))!;
        Assert.Equal("ExecCredential", (string?)info["kind"]);
        Assert.False((bool)info["spec"]!["interactive"]!);
        Assert.Equal(fixture.Server.Uri.AbsoluteUri.TrimEnd('/'), (string?)info["spec"]!["cluster"]!["server"]);
    }

    private static Task<TransportFixture> StartAsync(string body, params Func<Microsoft.AspNetCore.Http.HttpContext, CancellationToken, Task>[] answers)
    {
        Skip.If(OperatingSystem.IsWindows(), "The plugins of these tests are shell scripts.");
        return TransportFixture.StartAsync(
            uri =>
            {
                var file = new KubeConfigFile(uri);
                string script = file.Script("plugin", $"RUNS='{file.Folder}/runs'\necho run >> \"$RUNS\"\n{body}\n");
                using var configured = new KubeConfigFile(
                    uri,
                    user: $"exec:\n  apiVersion: client.authentication.k8s.io/v1\n  command: {script}\n  interactiveMode: Never\n  provideClusterInfo: true");
                file.Write(File.ReadAllText(configured.Path));
                return file;
            },
            answers);
    }

    private static string Says(string token, string? expires = null)
    {
        string end = expires is null ? "" : $",\"expirationTimestamp\":\"{expires}\"";
        return $"cat <<ANSWER\n{{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{{\"token\":\"{token}\"{end}}}}}\nANSWER\n";
    }

    private static int Runs(TransportFixture fixture) => File.ReadAllLines(Path.Combine(fixture.Folder, "runs")).Length;

    private static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
