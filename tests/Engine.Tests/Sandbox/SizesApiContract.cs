using System.Text.Json.Nodes;

namespace Engine.Tests.Sandbox;

/// <summary>What other sizes of pods rely on: quotas and limit ranges that can be read, and the resize subresource; against the sandbox and a real API server.</summary>
public abstract class SizesApiContract
{
    private const string Burstable = """{"limits":{"memory":"2Gi","cpu":"1"},"requests":{"memory":"512Mi","cpu":"250m"}}""";

    private readonly string _namespace = "sizes-" + Guid.NewGuid().ToString("N")[..10];

    protected abstract ApiUnderTest Api { get; }

    private string Pods => $"/api/v1/namespaces/{_namespace}/pods";

    private static JsonNode Resources(JsonNode pod) => pod["spec"]!["containers"]![0]!["resources"]!;

    private async Task PodAsync(string name, string resources)
    {
        await Api.CreateAsync("/api/v1/namespaces", ContractObjects.Namespace(_namespace));
        await Api.CreateAsync("/api/v1/nodes", ContractObjects.Node(_namespace));
        (await Api.PatchAsync($"/api/v1/nodes/{_namespace}/status", ApiUnderTest.MergePatch,
            """{"status":{"capacity":{"cpu":"4","memory":"16Gi","pods":"10"},"allocatable":{"cpu":"4","memory":"16Gi","pods":"10"},"nodeInfo":{"kubeletVersion":"v1.36.0"}}}""")).MustSucceed();
        await Api.CreateAsync(Pods, ContractObjects.SizedPod(name, _namespace, resources));
    }

    private Task<Answer> ResizeAsync(string name, string patch) => Api.PatchAsync($"{Pods}/{name}/resize", ApiUnderTest.JsonPatch, patch);

    [SkippableFact]
    public async Task Quotas_and_limit_ranges_are_read_as_they_were_made()
    {
        await Api.CreateAsync("/api/v1/namespaces", ContractObjects.Namespace(_namespace));
        await Api.CreateAsync($"/api/v1/namespaces/{_namespace}/resourcequotas", ContractObjects.ResourceQuota("quota"));
        await Api.CreateAsync($"/api/v1/namespaces/{_namespace}/limitranges", ContractObjects.LimitRange("bounds"));
        var quotas = (await Api.GetAsync($"/api/v1/namespaces/{_namespace}/resourcequotas")).MustSucceed();
        Assert.Equal("ResourceQuotaList", (string?)quotas["kind"]);
        Assert.Equal(("10", "4Gi"), ((string?)quotas["items"]![0]!["spec"]!["hard"]!["pods"], (string?)quotas["items"]![0]!["spec"]!["hard"]!["limits.memory"]));
        var ranges = (await Api.GetAsync($"/api/v1/namespaces/{_namespace}/limitranges")).MustSucceed();
        Assert.Equal("LimitRangeList", (string?)ranges["kind"]);
        var rule = ranges["items"]![0]!["spec"]!["limits"]![0]!;
        Assert.Equal(("Container", "4Gi", "8"), ((string?)rule["type"], (string?)rule["max"]!["memory"], (string?)rule["maxLimitRequestRatio"]!["memory"]));
    }

    [SkippableFact]
    public async Task Discovery_names_the_resize_subresource()
        => Assert.Contains((await Api.GetAsync("/api/v1")).MustSucceed()["resources"]!.AsArray(), resource => (string?)resource!["name"] == "pods/resize");

    [SkippableFact]
    public async Task A_resize_changes_resources_and_nothing_else()
    {
        await PodAsync("app", Burstable);
        var answer = (await ResizeAsync("app", """
            [{"op":"test","path":"/spec/containers/0/name","value":"api"},
             {"op":"test","path":"/spec/containers/0/resources/limits/memory","value":"2Gi"},
             {"op":"add","path":"/spec/containers/0/resources/limits/memory","value":"4096Mi"}]
            """)).MustSucceed();
        Assert.Equal(("4Gi", "512Mi"), ((string?)Resources(answer)["limits"]!["memory"], (string?)Resources(answer)["requests"]!["memory"]));
        answer = (await ResizeAsync("app", """[{"op":"replace","path":"/spec/containers/0/image","value":"registry.example/api:2"}]""")).MustSucceed();
        Assert.Equal("registry.example/api:1", (string?)answer["spec"]!["containers"]![0]!["image"]);
    }

    [SkippableFact]
    public async Task A_resize_whose_test_fails_changes_nothing()
    {
        await PodAsync("app", Burstable);
        (await ResizeAsync("app", """
            [{"op":"test","path":"/spec/containers/0/resources/limits/memory","value":"3Gi"},{"op":"add","path":"/spec/containers/0/resources/limits/memory","value":"4Gi"}]
            """)).MustFail(422, "Invalid");
        (await ResizeAsync("app", """[{"op":"test","path":"/metadata/uid","value":"another"},{"op":"add","path":"/spec/containers/0/resources/limits/memory","value":"4Gi"}]""")).MustFail(422, "Invalid");
        Assert.Equal("2Gi", (string?)Resources((await Api.GetAsync($"{Pods}/app")).MustSucceed())["limits"]!["memory"]);
        Assert.Equal("pods \"ghost\" not found", (await ResizeAsync("ghost", "[]")).MustFail(404, "NotFound"));
    }

    [SkippableFact]
    public async Task A_limit_below_the_request_and_one_taken_away_are_refused()
    {
        await PodAsync("app", Burstable);
        Assert.Equal(
            "Pod \"app\" is invalid: spec.containers[0].resources.requests: Invalid value: \"512Mi\": must be less than or equal to memory limit of 100Mi",
            (await ResizeAsync("app", """[{"op":"replace","path":"/spec/containers/0/resources/limits/memory","value":"100Mi"}]""")).MustFail(422, "Invalid"));
        Assert.Equal(
            "Pod \"app\" is invalid: spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed",
            (await ResizeAsync("app", """[{"op":"remove","path":"/spec/containers/0/resources/limits/memory"}]""")).MustFail(422, "Invalid"));
    }

    [SkippableFact]
    public async Task A_guaranteed_pod_stays_guaranteed()
    {
        await PodAsync("app", """{"limits":{"memory":"2Gi","cpu":"1"},"requests":{"memory":"2Gi","cpu":"1"}}""");
        Assert.Equal(
            "Pod \"app\" is invalid: spec: Invalid value: \"Guaranteed\": Pod QOS Class may not change as a result of resizing",
            (await ResizeAsync("app", """[{"op":"replace","path":"/spec/containers/0/resources/limits/memory","value":"4Gi"}]""")).MustFail(422, "Invalid"));
        (await ResizeAsync("app", """
            [{"op":"replace","path":"/spec/containers/0/resources/limits/memory","value":"4Gi"},{"op":"replace","path":"/spec/containers/0/resources/requests/memory","value":"4Gi"}]
            """)).MustSucceed();
    }

    [SkippableFact]
    public async Task More_than_the_node_has_is_forbidden()
    {
        await PodAsync("app", Burstable);
        Assert.Equal(
            "pods \"app\" is forbidden: node didn't have enough allocatable resources: memory, requested: 107374182400, allocatable: 17179869184",
            (await ResizeAsync("app", """
            [{"op":"replace","path":"/spec/containers/0/resources/limits/memory","value":"100Gi"},{"op":"replace","path":"/spec/containers/0/resources/requests/memory","value":"100Gi"}]
            """)).MustFail(403, "Forbidden"));
    }
}

/// <summary>Held against the sandbox.</summary>
public sealed class SandboxSizesTests(SandboxFixture fixture) : SizesApiContract, IClassFixture<SandboxFixture>
{
    protected override ApiUnderTest Api => fixture.Api;
}

/// <summary>Held against a real API server, where there is one.</summary>
public sealed class RealApiServerSizesTests(RealApiServer server) : SizesApiContract, IClassFixture<RealApiServer>
{
    protected override ApiUnderTest Api => server.Api;
}
