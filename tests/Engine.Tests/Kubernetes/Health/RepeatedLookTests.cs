using MalariaIncident;

namespace Engine.Tests.Kubernetes.Health;

/// <summary>What a look may leave out because of what was read before, and what it may not.</summary>
public sealed class RepeatedLookTests
{
    private const string Crashed = "/api/v1/namespaces/team/pods/crashed";

    [Fact]
    public async Task A_suspect_whose_line_did_not_change_is_not_read_again_and_the_result_says_so()
    {
        await using var cluster = await StartAsync("0/1", "CrashLoopBackOff", "5 (2m ago)", "1d");
        var clusters = cluster.Clusters();
        var first = await LookAsync(clusters);
        int asked = Detailed(cluster);
        var second = await LookAsync(clusters);
        Assert.Equal(asked, Detailed(cluster));
        Assert.Equal(first.Findings[0].Evidence, second.Findings[0].Evidence);
        Assert.Equal(first.Findings[0].Message, second.Findings[0].Message);
        Assert.DoesNotContain(first.Notes, note => note.Contains("was not read again", StringComparison.Ordinal));
        Assert.Contains(second.Notes, note => note.StartsWith("1 suspect pod looks as it did at", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0/1", "CrashLoopBackOff", "6 (1s ago)", "1d")]
    [InlineData("0/1", "Error", "5 (3m ago)", "1d")]
    // Another pod of the same name: it is younger than what is remembered.
    [InlineData("0/1", "CrashLoopBackOff", "5 (2m ago)", "0s")]
    public async Task A_line_that_changed_is_read_again(string ready, string status, string restarts, string age)
    {
        await using var cluster = await StartAsync("0/1", "CrashLoopBackOff", "5 (2m ago)", "1d");
        var clusters = cluster.Clusters();
        await LookAsync(clusters);
        int asked = Detailed(cluster);
        cluster.Pods(["crashed", ready, status, restarts, age, "n1"]);
        await LookAsync(clusters);
        Assert.True(Detailed(cluster) > asked);
    }

    [Fact]
    public async Task A_pod_that_is_well_again_is_well_whatever_is_remembered()
    {
        await using var cluster = await StartAsync("0/1", "CrashLoopBackOff", "5 (2m ago)", "1d");
        var clusters = cluster.Clusters();
        await LookAsync(clusters);
        cluster.Pods(["crashed", "1/1", "Running", "5 (3h ago)", "1d", "n1"]);
        var health = await LookAsync(clusters);
        Assert.Empty(health.Findings);
        Assert.Equal(1, health.ReadyPods);
    }

    [Fact]
    public async Task A_log_that_goes_on_is_read_at_every_look()
    {
        await using var cluster = await StartAsync("0/1", "Running", "0", "1d");
        cluster.Answer(Crashed, ApiServer.Json(200, """
            {"kind":"Pod","metadata":{"name":"crashed","namespace":"team"},"status":{"containerStatuses":[{"name":"api","ready":false,"restartCount":0,"state":{"running":{} } }]} }
            """));
        int line = 0;
        cluster.Answer(Crashed + "/log", (context, stopping) => ApiServer.Text(200, $"line {++line}\n", "text/plain")(context, stopping));
        var clusters = cluster.Clusters();
        await LookAsync(clusters);
        Assert.Equal(["log of api: line 2"], (await LookAsync(clusters)).Findings[0].Evidence);
    }

    [Fact]
    public async Task What_the_scheduler_says_is_read_at_every_look()
    {
        await using var cluster = await StartAsync("0/1", "Pending", "0", "1d");
        var clusters = cluster.Clusters();
        await LookAsync(clusters);
        int asked = Detailed(cluster);
        await LookAsync(clusters);
        Assert.True(Detailed(cluster) > asked);
    }

    [Fact]
    public async Task Lists_after_the_first_are_as_new_as_the_first()
    {
        await using var cluster = await TwoNamespacesAsync();
        await cluster.ReadAsync();
        Assert.Contains("/api/v1/namespaces/team/pods?includeObject=None", cluster.Requests);
        Assert.Contains("/api/v1/namespaces/tools/pods?includeObject=None&resourceVersion=1", cluster.Requests);
        Assert.DoesNotContain(cluster.Requests, request => request.Contains("resourceVersion=0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_whose_cache_does_not_keep_up_is_asked_for_the_newest_and_the_next_look_knows()
    {
        await using var cluster = await TwoNamespacesAsync();
        cluster.Answer("/api/v1/namespaces/tools/pods", (context, stopping) => context.Request.Query.ContainsKey("resourceVersion")
            ? ApiServer.Status(504, "Timeout", "Too large resource version: 1, current: 0")(context, stopping)
            : ApiServer.Json(200, FakeCluster.TableJson(FakeCluster.PodColumns, [["t", "1/1", "Running", "0", "1d", "n1"]]))(context, stopping));
        Assert.Equal(1, (await cluster.ReadAsync()).Pods);
        Assert.Equal(1, (await cluster.ReadAsync()).Pods);
        Assert.Single(cluster.Requests, request => request.Contains("resourceVersion=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Few_deployments_are_one_list_and_keep_their_namespaces()
    {
        await using var cluster = await TwoNamespacesAsync();
        cluster.Answer("/apis/apps/v1/deployments", ApiServer.Json(200, """
            {"kind":"Table","metadata":{"resourceVersion":"1"},"columnDefinitions":[{"name":"Name"},{"name":"Ready"},{"name":"Up-to-date"}],
             "rows":[{"cells":["api","0/2",2],"object":{"metadata":{"name":"api","namespace":"tools"} } }]}
            """));
        var finding = Assert.Single((await cluster.ReadAsync()).Findings);
        Assert.Equal(("Deployment", "tools", "api"), (finding.ObjectKind, finding.Namespace, finding.Name));
        Assert.DoesNotContain("/apis/apps/v1/namespaces/team/deployments?includeObject=None", cluster.Requests);
    }

    private static Task<ClusterHealth> LookAsync(IClusters clusters) => clusters.GetHealthAsync(new Scope(), new HealthOptions(), CancellationToken.None);

    private static int Detailed(FakeCluster cluster) => cluster.Requests.Count(request => request.StartsWith(Crashed, StringComparison.Ordinal));

    private static async Task<FakeCluster> TwoNamespacesAsync()
    {
        var cluster = await FakeCluster.StartAsync();
        cluster.Table("/api/v1/namespaces", ["Name"], ["team"], ["tools"]);
        cluster.Table("/api/v1/namespaces/tools/pods", FakeCluster.PodColumns);
        cluster.Table("/apis/apps/v1/namespaces/tools/deployments", ["Name", "Ready", "Up-to-date"]);
        return cluster;
    }

    private static async Task<FakeCluster> StartAsync(string ready, string status, string restarts, string age)
    {
        var cluster = await FakeCluster.StartAsync();
        cluster.Pods(["crashed", ready, status, restarts, age, "n1"]);
        cluster.Answer(Crashed, ApiServer.Json(200, """
            {"kind":"Pod","metadata":{"name":"crashed","namespace":"team"},"status":{"containerStatuses":[{"name":"api","ready":false,"restartCount":5,"state":{"waiting":{"reason":"CrashLoopBackOff"} },
              "lastState":{"terminated":{"exitCode":1,"finishedAt":"2026-01-01T00:00:00Z"} } }]} }
            """));
        cluster.Answer(Crashed + "/log", ApiServer.Text(200, "KeyError\n", "text/plain"));
        return cluster;
    }
}
