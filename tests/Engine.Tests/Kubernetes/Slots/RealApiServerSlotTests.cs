using Engine.Tests.Sandbox;
using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Kubernetes.Slots;
using MalariaIncident.Engine.Mitigations;

namespace Engine.Tests.Kubernetes.Slots;

/// <summary>
/// Switching slots against a real API server, where KUBEBUILDER_ASSETS names one. It has no controllers and no nodes: pods and slices are made by hand.
/// </summary>
public sealed class RealApiServerSlotTests(RealApiServer server) : IClassFixture<RealApiServer>, IDisposable
{
    private const string Key = "example.com/slot";

    private readonly ClusterConnections connections = new();
    private readonly string ns = "slots-" + Guid.NewGuid().ToString("N")[..8];
    private KubeConfigFile? config;

    private string Service => $"/api/v1/namespaces/{ns}/services/front";
    private string Slices => $"/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices";
    private SlotSwitchAct Act => new(connections, TimeProvider.System);
    private static SlotSwitchRequest Request(ResolvedScope scope) => new() { Scope = scope.Typed, Service = "front", SelectorKey = Key };

    public void Dispose()
    {
        connections.Dispose();
        config?.Dispose();
    }

    [SkippableFact]
    public async Task A_switch_and_its_undo_move_one_value_and_leave_the_rest()
    {
        var scope = await ReadyAsync();
        await PodAsync("blue-1", "blue");
        await PodAsync("green-1", "green");
        var plan = await Act.PlanAsync(Request(scope), scope, "MIT-00000001", default);
        Assert.Equal(["blue → green", "api:blue → api:green"], plan.Changes.Select(change => $"{change.Before} → {change.After}"));
        Assert.Equal(ReadBack.NotApplied, await Act.ReadBackAsync(plan, scope, default));
        await SendAsync(plan, scope);
        Assert.Equal("front green", await SelectorAsync());
        Assert.Equal(ReadBack.Applied, await Act.ReadBackAsync(plan, scope, default));
        var undo = await Act.PlanUndoAsync(plan, scope, "MIT-00000002", false, default);
        await SendAsync(undo, scope);
        Assert.Equal("front blue", await SelectorAsync());
        Assert.Equal("MIT-00000001,MIT-00000002", (string?)(await server.Api.GetAsync(Service)).Json["metadata"]!["annotations"]!["malaria-incident/mitigation"]);
        Assert.Equal(ReadBack.Applied, await Act.ReadBackAsync(plan, scope, default));
    }

    [SkippableFact]
    public async Task A_write_that_lands_first_is_not_overwritten()
    {
        var scope = await ReadyAsync();
        await PodAsync("green-1", "green");
        var plan = await Act.PlanAsync(Request(scope), scope, "MIT-00000003", default);
        (await server.Api.PatchAsync(Service, ApiUnderTest.MergePatch, """{"spec":{"selector":{"tier":"web"}}}""")).MustSucceed();
        var failure = await Assert.ThrowsAsync<IncidentException>(() => SendAsync(plan, scope));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        Assert.Contains("tier=web", failure.Message, StringComparison.Ordinal);
        Assert.Equal("front blue", await SelectorAsync());
    }

    [SkippableFact]
    public async Task A_slot_whose_pods_are_not_ready_is_refused()
    {
        var scope = await ReadyAsync();
        await server.Api.CreateAsync($"/api/v1/namespaces/{ns}/pods", ContractObjects.Pod("green-1", "front", "green"));
        var failure = await Assert.ThrowsAsync<IncidentException>(() => Act.PlanAsync(Request(scope), scope, "MIT-00000004", default));
        Assert.Equal(FailureKind.SlotNotReady, failure.Kind);
        failure = await Assert.ThrowsAsync<IncidentException>(() => Act.PlanAsync(Request(scope) with { Service = "ghost" }, scope, "MIT-00000004", default));
        Assert.Equal(FailureKind.ServiceNotFound, failure.Kind);
    }

    [SkippableFact]
    public async Task It_is_followed_until_the_slices_hold_the_new_pods_alone()
    {
        var scope = await ReadyAsync();
        var blue = await PodAsync("blue-1", "blue");
        var green = await PodAsync("green-1", "green");
        await server.Api.CreateAsync(Slices, ContractObjects.EndpointSlice("front", ("blue-1", blue)));
        var plan = await Act.PlanAsync(Request(scope), scope, "MIT-00000005", default);
        await SendAsync(plan, scope);
        SlotSwitchResult? result = null;
        await foreach (var step in Act.FollowAsync(plan, scope, true, default))
        {
            if (step is ActStep.Progress { Activity: "0 of 1 ready pods of green are its endpoints, 1 of other pods are left" })
            {
                // What the controller of endpoints would do now.
                (await server.Api.SendAsync(HttpMethod.Put, $"{Slices}/front-1", ContractObjects.EndpointSlice("front", ("green-1", green)))).MustSucceed();
            }

            result = (step as ActStep.Part)?.Result as SlotSwitchResult ?? result;
        }

        Assert.Equal(("green", 1, "registry.example/api:green"), (result!.ToSlot, result.ReadyEndpoints, result.Image));
    }

    private async Task<ResolvedScope> ReadyAsync()
    {
        var api = server.Api;
        await api.CreateAsync("/api/v1/namespaces", ContractObjects.Namespace(ns));
        await api.CreateAsync($"/api/v1/namespaces/{ns}/services", ContractObjects.Service("front", "blue"));
        config = new KubeConfigFile(api.Client.BaseAddress!, user: $"token: {api.Client.DefaultRequestHeaders.Authorization!.Parameter}", cluster: "insecure-skip-tls-verify: true");
        return new ResolvedScope { Typed = new Scope(), KubeConfig = config.Path, Namespace = ns, Timeout = TimeSpan.FromSeconds(10) };
    }

    /// <summary>A ready pod; what a kubelet would report is written by hand.</summary>
    private async Task<string> PodAsync(string name, string slot)
    {
        var pods = $"/api/v1/namespaces/{ns}/pods";
        var made = await server.Api.CreateAsync(pods, ContractObjects.Pod(name, "front", slot));
        (await server.Api.PatchAsync($"{pods}/{name}/status", ApiUnderTest.MergePatch,
            """{"status":{"phase":"Running","podIP":"10.1.0.9","podIPs":[{"ip":"10.1.0.9"}],"conditions":[{"type":"Ready","status":"True"}]}}""")).MustSucceed();
        return (string)made["metadata"]!["uid"]!;
    }

    private async Task SendAsync(MitigationPlan plan, ResolvedScope scope)
    {
        await foreach (var step in Act.SendAsync(plan, scope, default))
        {
            if (step is ActStep.Sent sent)
            {
                Assert.Equal(EventKind.ActionSucceeded, sent.Outcome);
            }
        }
    }

    private async Task<string> SelectorAsync()
    {
        var selector = (await server.Api.GetAsync(Service)).Json["spec"]!["selector"]!;
        return $"{selector["app"]} {selector[Key]}";
    }
}
