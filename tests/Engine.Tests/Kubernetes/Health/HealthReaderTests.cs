using MalariaIncident;
using Microsoft.AspNetCore.Http;

namespace Engine.Tests.Kubernetes.Health;

public sealed class HealthReaderTests
{
    private static readonly OperationsEnvironment Production = new() { Name = "production", Namespace = "team", Deployment = "api", Service = "front" };

    [Fact]
    public async Task A_list_that_the_server_forgot_starts_again_and_a_part_is_never_taken_for_the_whole()
    {
        await using var cluster = await FakeCluster.StartAsync();
        int first = 0;
        cluster.Answer("/api/v1/namespaces/team/pods", (context, stopping) =>
        {
            bool isNext = context.Request.Query.ContainsKey("continue");
            if (isNext && first == 1)
            {
                return ApiServer.Status(410, "Expired", "The provided continue parameter is too old")(context, stopping);
            }

            first += isNext ? 0 : 1;
            string[][] rows = isNext ? [["b", "1/1", "Running", "0", "1d", "n1"]] : [["a", "1/1", "Running", "0", "1d", "n1"]];
            return ApiServer.Json(200, FakeCluster.TableJson(FakeCluster.PodColumns, rows, isNext ? null : "t+/="))(context, stopping);
        });
        var health = await cluster.ReadAsync();
        Assert.Equal(2, health.Pods);
        Assert.Equal(2, first);
        Assert.Contains(cluster.Requests, request => request.EndsWith("continue=t%2B%2F%3D", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_that_never_holds_still_is_an_error_and_no_partial_result()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Answer("/api/v1/namespaces/team/pods", (context, stopping) => context.Request.Query.ContainsKey("continue")
            ? ApiServer.Status(410, "Expired", "too old")(context, stopping)
            : ApiServer.Json(200, FakeCluster.TableJson(FakeCluster.PodColumns, [], "t"))(context, stopping));
        await TransportFixture.FailsAsync(FailureKind.ClusterBusy, cluster.ReadAsync());
    }

    [Fact]
    public async Task An_unknown_status_is_a_finding_to_look_at()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Pods(["odd", "0/1", "QuantumSuperposition", "0", "1d", "n1"]);
        var finding = Assert.Single((await cluster.ReadAsync()).Findings);
        Assert.Equal(("QuantumSuperposition", FindingSeverity.Warning, "odd"), (finding.Reason, finding.Severity, finding.Name));
        Assert.Contains("not known", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_usage_is_a_note_and_no_failure()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var health = await cluster.ReadAsync();
        Assert.Null(health.CpuCores);
        Assert.Contains(health.Notes, note => note.Contains("no metrics server", StringComparison.Ordinal));
        Assert.True(health.Healthy);
    }

    [Fact]
    public async Task A_dead_metrics_server_is_not_waited_for()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Answer("/apis/metrics.k8s.io/v1beta1/nodes", ApiServer.Status(503, "ServiceUnavailable", "no endpoints"));
        await cluster.ReadAsync();
        Assert.Single(cluster.Requests, request => request.StartsWith("/apis/metrics", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_account_of_one_namespace_gets_what_it_may_see_and_is_told_the_rest()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Answer("/api/v1/namespaces", ApiServer.Status(403, "Forbidden", "cannot list resource namespaces at the cluster scope", "namespaces"));
        cluster.Answer("/api/v1/nodes", ApiServer.Status(403, "Forbidden", "cannot list resource nodes at the cluster scope", "nodes"));
        cluster.Pods(["a", "1/1", "Running", "0", "1d", "n1"]);
        var health = await cluster.ReadAsync();
        Assert.Equal((1, 0), (health.Pods, health.Nodes));
        Assert.Contains(health.Notes, note => note.Contains("Only the namespace team", StringComparison.Ordinal));
        Assert.Contains(health.Notes, note => note.Contains("cannot list resource nodes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Forbidden_pods_everywhere_are_an_error_that_names_verb_and_resource()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Answer("/api/v1/namespaces/team/pods", ApiServer.Status(403, "Forbidden", "cannot list resource pods in the namespace team", "pods"));
        var failure = await TransportFixture.FailsAsync(FailureKind.ClusterForbidden, cluster.ReadAsync());
        Assert.Contains("cannot list resource pods", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_is_not_an_empty_one()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Table("/api/v1/namespaces/nope/pods", FakeCluster.PodColumns);
        cluster.Table("/apis/apps/v1/namespaces/nope/deployments", ["Name", "Ready", "Up-to-date"]);
        cluster.Answer("/api/v1/namespaces/nope", ApiServer.Status(404, "NotFound", "namespaces nope not found", "namespaces", "nope"));
        await TransportFixture.FailsAsync(FailureKind.NamespaceNotFound, cluster.ReadAsync(new HealthOptions { Namespaces = ["nope"] }));
    }

    [Fact]
    public async Task Wildcards_choose_namespaces()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Table("/api/v1/namespaces", ["Name"], ["team"], ["team-data"], ["other"]);
        foreach (var name in new[] { "team", "team-data" })
        {
            cluster.Table($"/api/v1/namespaces/{name}/pods", FakeCluster.PodColumns, [$"of-{name}", "1/1", "Running", "0", "1d", "n1"]);
            cluster.Table($"/apis/apps/v1/namespaces/{name}/deployments", ["Name", "Ready", "Up-to-date"]);
        }

        Assert.Equal(2, (await cluster.ReadAsync(new HealthOptions { Namespaces = ["TEAM*", "team"] })).Pods);
        Assert.Equal(1, (await cluster.ReadAsync(new HealthOptions { Namespaces = ["team-[a-d]*"] })).Pods);
        Assert.DoesNotContain(cluster.Requests, request => request.Contains("/other/", StringComparison.Ordinal));
        var failure = await TransportFixture.FailsAsync(FailureKind.NamespaceNotFound, cluster.ReadAsync(new HealthOptions { Namespaces = ["team", "prod*"] }));
        Assert.Contains("fits 'prod*'; there are 3", failure.Message, StringComparison.Ordinal);
        Assert.Equal("prod*", failure.Subject);
    }

    [Fact]
    public async Task The_schedulers_reason_is_the_reason_of_a_pending_pod()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Pods(["big", "0/1", "Pending", "0", "5m", "<none>"]);
        cluster.Answer("/api/v1/namespaces/team/pods/big", ApiServer.Json(200, """
            {"kind":"Pod","metadata":{"name":"big","namespace":"team"},"spec":{},"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes are available: 3 Insufficient memory."}]}}
            """));
        var finding = Assert.Single((await cluster.ReadAsync()).Findings);
        Assert.Equal("Unschedulable", finding.Reason);
        Assert.Contains("3 Insufficient memory", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_eviction_is_found_in_the_nodes_own_words_and_is_old_news_after_a_day()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Pods(["put-off", "0/1", "Evicted", "0", "5m", "n1"], ["long-gone", "0/1", "Evicted", "0", "3d", "n1"]);
        cluster.Answer("/api/v1/namespaces/team/pods/put-off", ApiServer.Json(200, """
            {"kind":"Pod","metadata":{"name":"put-off","namespace":"team"},"status":{"phase":"Failed","reason":"Evicted","message":"The node was low on resource: memory."}}
            """));
        var findings = (await cluster.ReadAsync()).Findings;
        Assert.Equal(
            [("put-off", "Evicted", FindingSeverity.Warning), ("long-gone", "Evicted", FindingSeverity.Information)],
            findings.Select(finding => (finding.Name, finding.Reason, finding.Severity)));
        Assert.Equal("The node was low on resource: memory.", findings[0].Message);
    }

    [Fact]
    public async Task An_out_of_memory_kill_of_a_pod_that_runs_again_is_found_by_its_restart()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Pods(["calm", "1/1", "Running", "0", "1d", "n1"], ["killed", "1/1", "Running", "2 (3m ago)", "1d", "n1"]);
        cluster.Answer("/api/v1/namespaces/team/pods/killed", ApiServer.Json(200, """
            {"kind":"Pod","metadata":{"name":"killed","namespace":"team","labels":{"pod-template-hash":"abc"},"ownerReferences":[{"kind":"ReplicaSet","name":"api-abc"}]},"spec":{"containers":[{"name":"log"},{"name":"api","resources":{"limits":{"memory":"768Mi"}}}]},"status":{"containerStatuses":[{"name":"api","ready":true,"restartCount":2,"state":{"running":{}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","finishedAt":"2026-01-01T00:00:00Z"}}}]}}
            """));
        cluster.Answer("/api/v1/namespaces/team/pods/killed/log", ApiServer.Text(200, "one\n\u001b[31mtwo\u202e\n", "text/plain"));
        var finding = Assert.Single((await cluster.ReadAsync()).Findings);
        Assert.Equal(("killed", "OOMKilled", FindingSeverity.Warning), (finding.Name, finding.Reason, finding.Severity));
        Assert.Contains("its limit of 768Mi", finding.Message, StringComparison.Ordinal);
        Assert.StartsWith("Set-ResourceLimit ", finding.Suggestion, StringComparison.Ordinal);
        Assert.EndsWith("-Namespace team -Deployment api -Container api -Memory 1536Mi", finding.Suggestion, StringComparison.Ordinal);
        Assert.Equal(["log of api (previous instance): one", "log of api (previous instance): two"], finding.Evidence);
        Assert.Contains(cluster.Requests, request => request.Contains("previous=true", StringComparison.Ordinal) && request.Contains("limitBytes=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rollout_that_does_not_progress_is_found_with_the_command_that_would_end_it()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Table("/apis/apps/v1/namespaces/team/deployments", ["Name", "Ready", "Up-to-date"], ["api", "2/3", "1"]);
        cluster.Answer("/apis/apps/v1/namespaces/team/deployments/api", ApiServer.Json(200, """
            {"kind":"Deployment","metadata":{"name":"api","namespace":"team"},"status":{"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]}}
            """));
        var health = await cluster.ReadAsync(environment: Production);
        var finding = Assert.Single(health.Findings);
        Assert.Equal(("Deployment", "ProgressDeadlineExceeded", FindingSeverity.Critical), (finding.ObjectKind, finding.Reason, finding.Severity));
        Assert.Equal("Invoke-EmergencyRollback -Environment production", finding.Suggestion);
        Assert.False(health.Healthy);
        Assert.Equal(("team", "api", "production"), (health.Namespace, health.Deployment, health.Environment));
    }

    [Fact]
    public async Task Pods_that_may_not_be_made_are_found_by_the_deployments_condition()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Table("/apis/apps/v1/namespaces/team/deployments", ["Name", "Ready", "Up-to-date"], ["api", "0/3", "0"]);
        cluster.Answer("/apis/apps/v1/namespaces/team/deployments/api", ApiServer.Json(200, """
            {"kind":"Deployment","metadata":{"name":"api","namespace":"team"},"status":{"conditions":[{"type":"ReplicaFailure","status":"True","reason":"FailedCreate","message":"exceeded quota: pods=10"}]}}
            """));
        var finding = Assert.Single((await cluster.ReadAsync()).Findings);
        Assert.Equal(("FailedCreate", FindingSeverity.Critical), (finding.Reason, finding.Severity));
        Assert.Contains("exceeded quota", finding.Message, StringComparison.Ordinal);
        Assert.Equal("Invoke-EmergencyRollback -Namespace team -Deployment api", finding.Suggestion);
    }

    [Fact]
    public async Task An_autoscaler_at_its_limit_is_found()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Answer("/apis/autoscaling/v2/namespaces/team/horizontalpodautoscalers", ApiServer.Json(200, """
            {"kind":"HorizontalPodAutoscalerList","items":[{"metadata":{"name":"api","namespace":"team"},"spec":{"maxReplicas":10,"scaleTargetRef":{"kind":"Deployment","name":"api"}},"status":{"currentReplicas":10,"desiredReplicas":10}}]}
            """));
        var finding = Assert.Single((await cluster.ReadAsync(environment: Production)).Findings);
        Assert.Equal(("HorizontalPodAutoscaler", "TooManyReplicas"), (finding.ObjectKind, finding.Reason));
        Assert.Equal("Set-ServiceDegradation -Environment production", finding.Suggestion);
    }

    [Theory]
    [InlineData("""{"conditions":{"ready":false}}""", "NoReadyEndpoints")]
    [InlineData("", "NoReadyEndpoints")]
    [InlineData("""{"conditions":{"ready":true}},{"conditions":{"ready":false}}""", null)]
    [InlineData("""{"conditions":{}}""", null)]
    public async Task A_service_without_a_ready_endpoint_is_found(string endpoints, string? reason)
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Answer("/api/v1/namespaces/team/services", ApiServer.Json(200, """
            {"kind":"ServiceList","items":[{"metadata":{"name":"front","namespace":"team"},"spec":{"type":"ClusterIP","selector":{"app":"api"}}},
              {"metadata":{"name":"outside","namespace":"team"},"spec":{"type":"ExternalName"}},{"metadata":{"name":"manual","namespace":"team"},"spec":{}}]}
            """));
        cluster.Answer("/apis/discovery.k8s.io/v1/namespaces/team/endpointslices", ApiServer.Json(200, $$"""
            {"kind":"EndpointSliceList","items":[{"metadata":{"name":"front-x","namespace":"team","labels":{"kubernetes.io/service-name":"front"} },"endpoints":[{{endpoints}}]}]}
            """));
        var findings = (await cluster.ReadAsync(environment: Production)).Findings;
        Assert.Equal(reason is null ? [] : [("front", reason, FindingSeverity.Critical)], findings.Select(finding => (finding.Name, finding.Reason, finding.Severity)));
    }

    [Fact]
    public async Task Nodes_that_are_silent_or_under_pressure_come_first_and_their_pods_are_not_counted_as_ready()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Table("/api/v1/nodes", ["Name", "Status"], ["n1", "Ready"], ["n2", "NotReady"], ["n3", "Ready,SchedulingDisabled"]);
        cluster.Answer("/api/v1/nodes", (context, stopping) => context.Request.Headers.Accept.ToString().Contains("Table", StringComparison.Ordinal)
            ? ApiServer.Json(200, FakeCluster.TableJson(["Name", "Status"], [["n1", "Ready"], ["n2", "NotReady"], ["n3", "Ready,SchedulingDisabled"]]))(context, stopping)
            : ApiServer.Json(200, """
                {"kind":"NodeList","items":[{"metadata":{"name":"n1"},"status":{"conditions":[{"type":"MemoryPressure","status":"True","message":"too little memory"}]}},
                  {"metadata":{"name":"n2"},"status":{"conditions":[{"type":"Ready","status":"Unknown","message":"Kubelet stopped posting node status."}]}}]}
                """)(context, stopping));
        cluster.Pods(["a", "1/1", "Running", "0", "1d", "n1"], ["b", "1/1", "Running", "0", "1d", "n2"]);
        var health = await cluster.ReadAsync();
        Assert.Equal((3, 2, 2, 1), (health.Nodes, health.ReadyNodes, health.Pods, health.ReadyPods));
        Assert.Equal([("n2", "NotReady"), ("n1", "MemoryPressure"), ("n3", "SchedulingDisabled")], health.Findings.Select(finding => (finding.Name, finding.Reason)));
        Assert.Equal("n2", health.NodeList[0].Name);
    }

    [Fact]
    public async Task Recent_warnings_about_what_has_no_finding_are_findings_and_old_ones_are_not()
    {
        await using var cluster = await FakeCluster.StartAsync();
        string now = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ");
        cluster.Answer("/api/v1/namespaces/team/events", ApiServer.Json(200, $$"""
            {"kind":"EventList","items":[
              {"metadata":{"name":"e1","namespace":"team"},"involvedObject":{"kind":"PersistentVolumeClaim","namespace":"team","name":"data"},"type":"Warning","reason":"ProvisioningFailed","message":"no storage","lastTimestamp":"{{now}}","eventTime":null,"count":3},
              {"metadata":{"name":"e2","namespace":"team"},"involvedObject":{"kind":"ReplicaSet","namespace":"team","name":"old-1"},"type":"Warning","reason":"FailedCreate","message":"long ago","lastTimestamp":"2020-01-01T00:00:00Z"},
              {"metadata":{"name":"e3","namespace":"team"},"involvedObject":{"kind":"Pod","namespace":"team","name":"gone"},"type":"Warning","reason":"BackOff","message":"a pod that is gone","lastTimestamp":"{{now}}"}]}
            """));
        var finding = Assert.Single((await cluster.ReadAsync(new HealthOptions { Namespaces = ["team"] })).Findings);
        Assert.Equal(("PersistentVolumeClaim", "data", "ProvisioningFailed"), (finding.ObjectKind, finding.Name, finding.Reason));
    }

    [Fact]
    public async Task Warnings_are_read_to_the_last_page_for_the_server_does_not_list_them_by_age()
    {
        await using var cluster = await FakeCluster.StartAsync();
        int started = 0;
        cluster.Answer("/api/v1/namespaces/team/events", (context, stopping) =>
        {
            // The list moves on once while it is read.
            var next = (string?)context.Request.Query["continue"];
            started += next is null ? 1 : 0;
            return next switch
            {
                null => Events("page+2", Event("a", "data", 50), Event("b", "data", 40))(context, stopping),
                "page+2" when started == 1 => ApiServer.Status(410, "Expired", "The provided continue parameter is too old")(context, stopping),
                "page+2" => Events("page+3", Event("c", "data", 30), Event("d", "data", 20))(context, stopping),
                _ => Events(null, Event("e", "cache", 1), Event("f", "data", 10))(context, stopping),
            };
        });

        var health = await cluster.ReadAsync(new HealthOptions { Namespaces = ["team"] });

        Assert.Equal(["cache", "data"], health.Findings.Select(finding => finding.Name).Order(StringComparer.Ordinal));
        var data = health.Findings.Single(finding => finding.Name == "data");
        Assert.Equal(["because f", "because d", "because c"], data.Evidence.Select(line => line[line.IndexOf("because", StringComparison.Ordinal)..]));
        Assert.DoesNotContain(health.Notes, note => note.Contains("warning events", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Warnings_that_were_left_off_are_said()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Answer("/api/v1/namespaces/team/events", (context, stopping) => context.Request.Query.ContainsKey("continue")
            ? ApiServer.Status(403, "Forbidden", "not any more")(context, stopping)
            : Events("page+2", Event("a", "data", 1))(context, stopping));

        var health = await cluster.ReadAsync(new HealthOptions { Namespaces = ["team"] });

        Assert.Equal("data", Assert.Single(health.Findings).Name);
        Assert.Contains(health.Notes, note => note.EndsWith("team has more warning events than the 1 that were read: younger ones may be missing here.", StringComparison.Ordinal));
    }

    private static string Event(string name, string about, int minutesAgo) => $$"""
        {"metadata":{"name":"{{name}}","namespace":"team"},"involvedObject":{"kind":"PersistentVolumeClaim","namespace":"team","name":"{{about}}"},
          "type":"Warning","reason":"Failed","message":"because {{name}}","lastTimestamp":"{{DateTimeOffset.UtcNow.AddMinutes(-minutesAgo):yyyy-MM-ddTHH:mm:ssZ}}"}
        """;

    private static Func<HttpContext, CancellationToken, Task> Events(string? next, params string[] events) =>
        ApiServer.Json(200, $$"""{"kind":"EventList","metadata":{"continue":"{{next}}"},"items":[{{string.Join(",", events)}}]}""");

    [Fact]
    public async Task Details_are_bounded_and_spread_over_what_is_different()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Pods(
        [
            .. Enumerable.Range(0, 40).Select(i => new[] { $"many-abc12-{i:00000}", "0/1", "CrashLoopBackOff", "9 (1m ago)", "1d", "n1" }),
            ["lone", "0/1", "ImagePullBackOff", "0", "1d", "n1"],
        ]);
        cluster.Table("/apis/apps/v1/namespaces/team/deployments", ["Name", "Ready", "Up-to-date"], ["many", "0/40", "40"]);
        var health = await cluster.ReadAsync(new HealthOptions { MaximumDetails = 5 });
        Assert.Equal(41, health.Findings.Count(finding => finding.ObjectKind == "Pod"));
        Assert.Equal(5, cluster.Requests.Count(request => request.StartsWith("/api/v1/namespaces/team/pods/", StringComparison.Ordinal)));
        Assert.Contains("/api/v1/namespaces/team/pods/lone?resourceVersion=1", cluster.Requests);
        Assert.Contains(health.Notes, note => note.StartsWith("5 of 41", StringComparison.Ordinal));
        Assert.All(health.Findings.Where(finding => finding.Name.StartsWith("many-", StringComparison.Ordinal)), finding => Assert.Equal("many", finding.Deployment));
        Assert.True(health.Describe().Split('\n').Length < 30);
    }

    [Fact]
    public async Task Looking_leaves_a_line_of_evidence_without_log_lines()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Pods(["odd", "0/1", "Strange", "0", "1d", "n1"]);
        await cluster.ReadAsync(scope: new Scope { Incident = "INC-2026-0001" });
        var (incident, _, text, data) = Assert.Single(cluster.Journal.Appended);
        Assert.Equal("INC-2026-0001", incident);
        Assert.Contains("0 of 1 pod and 1 of 1 node ready", text, StringComparison.Ordinal);
        Assert.Equal("Strange", (string?)data!["findings"]![0]!["reason"]);
        Assert.DoesNotContain("evidence", data.ToJsonString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("a/../b", null, FailureKind.NameInvalid)]
    [InlineData(null, " ", FailureKind.ArgumentInvalid)]
    [InlineData(null, "a=b\n", FailureKind.ArgumentInvalid)]
    public async Task Bad_input_is_refused_before_anything_is_asked(string? home, string? selector, FailureKind kind)
    {
        await using var cluster = await FakeCluster.StartAsync();
        await TransportFixture.FailsAsync(kind, cluster.ReadAsync(new HealthOptions { Namespaces = home is null ? [] : [home], Selector = selector }));
        Assert.Empty(cluster.Requests);
    }

    [Fact]
    public async Task A_selector_is_escaped()
    {
        await using var cluster = await FakeCluster.StartAsync();
        await cluster.ReadAsync(new HealthOptions { Selector = "app=a,tier!=b&limit=1" });
        Assert.Contains("/api/v1/namespaces/team/pods?includeObject=None&labelSelector=app%3Da%2Ctier%21%3Db%26limit%3D1", cluster.Requests);
    }

    [Fact]
    public async Task Names_for_completion_come_within_a_second_and_never_as_an_error()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Table("/apis/apps/v1/namespaces/team/deployments", ["Name", "Ready", "Up-to-date", "Containers"], ["web", "1/1", "1", "web,proxy"], ["api", "1/1", "1", "api"]);
        Assert.Equal(["team"], await NamesAsync(new Scope(), NameKind.Namespace));
        Assert.Equal(["api", "web"], await NamesAsync(new Scope(), NameKind.Deployment));
        Assert.Equal(["web", "proxy"], await NamesAsync(new Scope { Deployment = "web" }, NameKind.Container));
        cluster.Answer("/api/v1/namespaces", ApiServer.Silence());
        Assert.Empty(await Promise.WithinAsync(TimeSpan.FromSeconds(3), () => cluster.Clusters().GetNamesAsync(new Scope(), NameKind.Namespace, CancellationToken.None)));

        // A busy machine may not come to an answer within that second.
        async Task<IReadOnlyList<string>> NamesAsync(Scope scope, NameKind kind)
        {
            IReadOnlyList<string> names = [];
            for (var tries = 0; tries < 10 && names.Count == 0; tries++)
            {
                names = await cluster.Clusters().GetNamesAsync(scope, kind, CancellationToken.None);
            }

            return names;
        }
    }
}
