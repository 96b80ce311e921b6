using System.Text.Json.Nodes;
using Engine.Tests.Http;
using Engine.Tests.Kubernetes.Rollouts;
using k8s.Models;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Kubernetes.Slots;
using MalariaIncident.Sandbox.Faults;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace Engine.Tests.Kubernetes.Slots;

/// <summary>Blue-green against the sandbox, through the whole mechanism.</summary>
public sealed class SlotSwitchTests
{
    private const string Annotation = "malaria-incident/mitigation";

    private static V1Service Service(RolloutWorld world) =>
        world.Sandbox.Store.Find(ResourceKinds.Services, ProductionNames.Namespace, ProductionNames.Service)!.As<V1Service>();

    private static string Live(RolloutWorld world) => Service(world).Spec.Selector[ProductionNames.SlotKey];

    private static void SomebodyChanges(RolloutWorld world, Action<V1Service> change) =>
        world.Sandbox.Store.Update(ResourceKinds.Services, ProductionNames.Namespace, ProductionNames.Service, change);

    private static Task<MitigationPlan> PlanAsync(RolloutWorld world, SlotSwitchRequest? request = null) =>
        world.Mitigations.PlanAsync((request ?? new SlotSwitchRequest { Scope = world.Scope }) with { Deadline = RolloutWorld.Generous }, CancellationToken.None);

    private static async Task<FailureKind> FailureOf(RolloutWorld world, Func<SlotSwitchRequest, SlotSwitchRequest> change) =>
        await RolloutWorld.FailureOf(() => PlanAsync(world, change(new SlotSwitchRequest { Scope = world.Scope })));

    [Fact]
    public async Task The_service_leads_to_the_ready_pods_of_the_other_slot_and_to_no_others()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await PlanAsync(world);
        Assert.Empty(world.Sandbox.Writes);
        Assert.Empty(world.Journal.Events);
        Assert.Equal(
            [
                "service/malaria-predictor-service: selector version: blue → green",
                "service/malaria-predictor-service: image behind it: malaria-prediction-api:1.4.2 → malaria-prediction-api:1.4.1",
            ],
            plan.Changes.Select(change => change.ToString()));
        Assert.Contains("2 ready pods of green take over from 3 ready pods of blue", plan.BlastRadius, StringComparison.Ordinal);
        Assert.Contains(plan.Warnings, warning => warning.StartsWith("Fewer pods take over: 2 of green for 3 of blue", StringComparison.Ordinal));
        var result = await world.ApplyAsync<SlotSwitchResult>(plan);
        Assert.Equal((true, "blue", "green", 2, $"{ProductionNames.Image}:1.4.1"), (result.Verified, result.FromSlot, result.ToSlot, result.ReadyEndpoints, result.Image));
        Assert.Equal([EventKind.ActionIntended, EventKind.ActionSucceeded, EventKind.Verified], world.Journal.Kinds);
        var addresses = world.Sandbox.Store.All<V1EndpointSlice>(ResourceKinds.EndpointSlices, ProductionNames.Namespace)
            .Single(slice => slice.Metadata.Labels["kubernetes.io/service-name"] == ProductionNames.Service).Endpoints;
        Assert.All(addresses, endpoint => Assert.StartsWith(ProductionNames.GreenDeployment, endpoint.TargetRef.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_patch_tests_uid_resource_version_and_value_and_changes_that_value_alone()
    {
        await using var world = await RolloutWorld.StartAsync();
        await world.ApplyAsync<SlotSwitchResult>(await PlanAsync(world), wait: false);
        var operations = JsonNode.Parse(Assert.Single(world.Sandbox.Writes).Body)!.AsArray();
        Assert.Equal(
            ["test /metadata/uid", "test /metadata/resourceVersion", "test /spec/selector/version", "replace /spec/selector/version", "add /metadata/annotations",
                "add /metadata/annotations/malaria-incident~1mitigation"],
            operations.Select(operation => $"{operation!["op"]} {operation["path"]}"));
        Assert.Equal(["app", "version"], Service(world).Spec.Selector.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task It_goes_in_both_directions()
    {
        await using var world = await RolloutWorld.StartAsync();
        await world.ApplyAsync<SlotSwitchResult>(await PlanAsync(world));
        var back = await world.ApplyAsync<SlotSwitchResult>(await PlanAsync(world));
        Assert.Equal(("green", "blue", 3, "blue"), (back.FromSlot, back.ToSlot, back.ReadyEndpoints, Live(world)));
    }

    [Fact]
    public async Task Undo_puts_the_former_value_back()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await PlanAsync(world);
        await world.ApplyAsync<SlotSwitchResult>(plan);
        var undo = await world.ApplyAsync<SlotSwitchResult>(await world.Mitigations.PlanUndoAsync(plan.Id, world.Scope, false, CancellationToken.None));
        Assert.Equal(("blue", 3, true), (Live(world), undo.ReadyEndpoints, undo.Verified));
        Assert.Equal(MitigationState.Undone, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task Undo_of_what_is_back_already_sends_nothing()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await PlanAsync(world);
        await world.ApplyAsync<SlotSwitchResult>(plan);
        SomebodyChanges(world, service => service.Spec.Selector["version"] = "blue");
        var undo = await world.Mitigations.PlanUndoAsync(plan.Id, world.Scope, false, CancellationToken.None);
        Assert.Empty(undo.Changes);
        Assert.Equal(3, (await world.ApplyAsync<SlotSwitchResult>(undo)).ReadyEndpoints);
        Assert.Single(world.Sandbox.Writes);
        Assert.Equal(MitigationState.Undone, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task Undo_stops_where_somebody_moved_the_selector_since()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await PlanAsync(world);
        await world.ApplyAsync<SlotSwitchResult>(plan);
        SomebodyChanges(world, service => service.Spec.Selector["component"] = "api");
        Task<MitigationPlan> Undo(bool force) => world.Mitigations.PlanUndoAsync(plan.Id, world.Scope, force, CancellationToken.None);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => Undo(false));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        Assert.Contains("component=api", failure.Message, StringComparison.Ordinal);
        Assert.Contains((await Undo(true)).Warnings, warning => warning.Contains("component=api", StringComparison.Ordinal));

        SomebodyChanges(world, service => service.Spec.Selector["version"] = "canary");
        Assert.Equal(FailureKind.SlotUnknown, await RolloutWorld.FailureOf(() => Undo(true)));
    }

    [Fact]
    public async Task Trap_a_service_without_the_selector_key_is_refused_and_none_is_added()
    {
        await using var world = await RolloutWorld.StartAsync();
        SomebodyChanges(world, service => service.Spec.Selector.Remove("version"));
        var failure = await Assert.ThrowsAsync<IncidentException>(() => PlanAsync(world, new SlotSwitchRequest { Scope = world.Scope, Force = true }));
        Assert.Equal(FailureKind.SlotUnknown, failure.Kind);
        Assert.Contains("has no key version: it is app=malaria-predictor", failure.Message, StringComparison.Ordinal);
        Assert.Empty(world.Sandbox.Writes);
    }

    [Fact]
    public async Task Trap_a_selector_that_names_neither_slot_is_refused()
    {
        await using var world = await RolloutWorld.StartAsync();
        SomebodyChanges(world, service => service.Spec.Selector["version"] = "canary");
        Assert.Equal(FailureKind.SlotUnknown, await FailureOf(world, request => request with { To = "green", Force = true }));
        SomebodyChanges(world, service => service.Spec.Selector = null);
        Assert.Equal(FailureKind.SlotUnknown, await FailureOf(world, request => request));
    }

    [Theory]
    [InlineData("empty-slot", "has no pods")]
    [InlineData("unready-slot", "no ready pod (0 of 2 pods ready)")]
    public async Task Trap_an_idle_slot_without_ready_endpoints_is_refused(string fault, string why)
    {
        await using var world = await RolloutWorld.StartAsync(fault);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => PlanAsync(world, new SlotSwitchRequest { Scope = world.Scope, Force = true }));
        Assert.Equal(FailureKind.SlotNotReady, failure.Kind);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.Empty(world.Sandbox.Writes);
    }

    [Fact]
    public async Task A_slot_that_dies_between_the_plan_and_the_yes_is_not_switched_to()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await PlanAsync(world);
        world.SomebodyChanges(ProductionNames.GreenDeployment, deployment => deployment.Spec.Replicas = 0);
        world.Sandbox.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(FailureKind.SlotNotReady, await RolloutWorld.FailureOf(() => world.ApplyAsync<SlotSwitchResult>(plan)));
        Assert.Empty(world.Sandbox.Writes);
        Assert.Equal(MitigationState.Failed, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task An_undo_to_a_slot_without_ready_pods_is_refused()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        var plan = await PlanAsync(world);
        var result = await world.ApplyAsync<SlotSwitchResult>(plan);
        Assert.True(result.Verified);
        Assert.Equal(FailureKind.SlotNotReady, await RolloutWorld.FailureOf(() => world.Mitigations.PlanUndoAsync(plan.Id, world.Scope, true, CancellationToken.None)));
    }

    [Fact]
    public async Task A_named_port_that_the_other_slot_does_not_have_is_refused()
    {
        await using var world = await RolloutWorld.StartAsync();
        SomebodyChanges(world, service => service.Spec.Ports[0].TargetPort = "web");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => PlanAsync(world));
        Assert.Equal(FailureKind.SlotNotReady, failure.Kind);
        Assert.Contains("a port called web", failure.Message, StringComparison.Ordinal);
        SomebodyChanges(world, service => service.Spec.Ports[0].TargetPort = "http");
        Assert.NotEmpty((await PlanAsync(world)).Changes);
    }

    [Theory]
    [InlineData("Always", true)]
    [InlineData(null, false)]
    public void A_sidecar_has_ports_too_and_a_container_that_only_prepares_has_none(string? restartPolicy, bool has)
    {
        var pod = JsonNode.Parse($$"""
            {
              "metadata": { "name": "green-1", "uid": "1" },
              "spec": { "containers": [ { "name": "api" } ], "initContainers": [ { "name": "proxy", "restartPolicy": {{(restartPolicy is null ? "null" : $"\"{restartPolicy}\"")}}, "ports": [ { "name": "http", "containerPort": 80 } ] } ] },
              "status": { "phase": "Running", "podIP": "10.0.0.1", "conditions": [ { "type": "Ready", "status": "True" } ] }
            }
            """);
        Assert.Equal(has, new SlotPods("green", [(JsonObject)pod!]).HasPort("http"));
    }

    [Fact]
    public async Task Somebody_who_moves_the_service_between_the_plan_and_the_yes_wins_and_is_named()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await PlanAsync(world);
        SomebodyChanges(world, service => service.Spec.Selector["version"] = "green");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ApplyAsync<SlotSwitchResult>(plan));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        Assert.Contains("selector: app=malaria-predictor,version=blue → app=malaria-predictor,version=green", failure.Message, StringComparison.Ordinal);
        Assert.Empty(world.Sandbox.Writes);
    }

    [Fact]
    public async Task Slots_that_run_the_same_are_said_to()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.SomebodyChanges(ProductionNames.GreenDeployment, deployment => deployment.Spec.Template.Spec.Containers[0].Image = $"{ProductionNames.Image}:{ProductionNames.GoodTag}");
        world.Sandbox.Advance(TimeSpan.FromMinutes(2));
        var plan = await PlanAsync(world);
        Assert.Equal("selector version", Assert.Single(plan.Changes).Field);
        Assert.Contains("Both slots run the same: malaria-prediction-api:1.4.2. Switching leaves no bad release behind.", plan.Warnings);
    }

    [Fact]
    public async Task Two_responders_at_once_one_wins_and_the_other_is_told()
    {
        await using var world = await RolloutWorld.StartAsync();
        var (one, other) = (await PlanAsync(world), await PlanAsync(world));
        await world.ApplyAsync<SlotSwitchResult>(one);
        Assert.Equal(FailureKind.ObjectChanged, await RolloutWorld.FailureOf(() => world.ApplyAsync<SlotSwitchResult>(other)));
        Assert.Equal("green", Live(world));
    }

    [Fact]
    public async Task A_lost_answer_is_read_back_and_the_switch_goes_on()
    {
        await using var world = await RolloutWorld.StartAsync("api-lost-answer");
        var result = await world.ApplyAsync<SlotSwitchResult>(await PlanAsync(world));
        Assert.Equal((true, 2), (result.Verified, result.ReadyEndpoints));
        Assert.Single(world.Sandbox.Writes);
    }

    [Fact]
    public async Task The_annotation_remembers_a_switch_that_others_followed()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plans = new List<string>();
        for (var round = 0; round < 6; round++)
        {
            var plan = await PlanAsync(world);
            plans.Add(plan.Id);
            await world.ApplyAsync<SlotSwitchResult>(plan, wait: false);
        }

        Assert.Equal(string.Join(",", plans.Skip(1)), Service(world).Metadata.Annotations[Annotation]);
    }

    [Fact]
    public async Task Endpoints_that_do_not_follow_are_told_and_the_change_stays_in_force()
    {
        await using var world = await RolloutWorld.StartAsync("stuck-endpoints");
        var plan = await PlanAsync(world) with { Deadline = TimeSpan.FromSeconds(3) };
        var failure = await world.OverdueAsync<SlotSwitchResult>(plan, () => true);
        Assert.Equal(FailureKind.SwitchIncomplete, failure.Kind);
        Assert.Contains("0 of 2 ready pods of green are its endpoints, 3 of other pods are left", failure.Message, StringComparison.Ordinal);
        Assert.Equal(MitigationState.InForce, await world.StateOf(plan.Id));
        Assert.Equal([EventKind.ActionIntended, EventKind.ActionSucceeded, EventKind.Verified], world.Journal.Kinds);
    }

    [Fact]
    public async Task A_pod_of_the_slot_that_is_leaving_by_itself_does_not_hold_it_up()
    {
        await using var server = await HealthServer.StartAsync((context, stopping) =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(context.Request.Path.Value!.Split('/')[^1] switch
            {
                "pods" => """
                    {"kind":"PodList","items":[
                        {"metadata":{"name":"green-1","uid":"1","labels":{"version":"green"}},"status":{"phase":"Running","podIP":"10.0.0.1","conditions":[{"type":"Ready","status":"True"}]} },
                        {"metadata":{"name":"green-2","uid":"2","labels":{"version":"green"},"deletionTimestamp":"2026-11-24T12:00:00Z"},"status":{"phase":"Running","podIP":"10.0.0.2"} }]}
                    """,
                "endpointslices" => """
                    {"kind":"EndpointSliceList","items":[{"endpoints":[
                        {"targetRef":{"kind":"Pod","uid":"1"},"conditions":{"ready":true,"serving":true,"terminating":false} },
                        {"targetRef":{"kind":"Pod","uid":"2"},"conditions":{"ready":false,"serving":true,"terminating":true} }]}]}
                    """,
                _ => """{"kind":"Service","metadata":{"name":"api","uid":"s-1","resourceVersion":"7"},"spec":{"selector":{"version":"green"}} }""",
            }, stopping);
        });
        using var file = new KubeConfigFile(server.Uri);
        using var connections = new ClusterConnections();
        var reader = new ServiceReader(await connections.OpenAsync(file.Scope(), CancellationToken.None), "api", TimeSpan.FromMinutes(1));
        var steps = new List<SlotStep>();
        await foreach (var step in new SlotFollower(TimeProvider.System).FollowAsync(
            reader, "s-1", new SlotPair("version", "blue", "green"), "green", RolloutWorld.Generous, CancellationToken.None))
        {
            steps.Add(step);
        }

        Assert.Equal("green-1", Assert.Single(steps[^1].Arrived!.Ready)["metadata"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Somebody_who_moves_it_back_while_it_is_followed_is_told()
    {
        await using var world = await RolloutWorld.StartAsync("stuck-endpoints");
        var plan = await PlanAsync(world);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ApplyAsync<SlotSwitchResult>(plan, onStep: step =>
        {
            if (step.Phase == MitigationPhase.Following)
            {
                SomebodyChanges(world, service => service.Spec.Selector["version"] = "blue");
            }
        }));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        Assert.Contains("somebody moved", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Argo_CD_owns_the_service_is_refused_and_under_force_a_warning()
    {
        await using var world = await RolloutWorld.StartAsync("argo-cd");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => PlanAsync(world));
        Assert.Equal(FailureKind.ObjectManagedElsewhere, failure.Kind);
        Assert.Contains("Service malaria-predictor-service", failure.Message, StringComparison.Ordinal);
        var forced = await PlanAsync(world, new SlotSwitchRequest { Scope = world.Scope, Force = true });
        Assert.Contains(forced.Warnings, warning => warning.StartsWith("Argo CD", StringComparison.Ordinal) && warning.Contains("this service", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("list", "endpointslices")]
    [InlineData("list", "pods")]
    [InlineData("get", "services")]
    public async Task Whoever_may_not_see_how_it_came_out_hears_it_before_the_change(string verb, string resource)
    {
        await using var world = await RolloutWorld.StartAsync();
        world.Sandbox.Forbid(verb, resource);
        Assert.Equal(FailureKind.ClusterForbidden, await FailureOf(world, request => request));
    }

    [Fact]
    public async Task A_forbidden_patch_changes_nothing_and_is_journalled_as_failed()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.Sandbox.Forbid("patch", "services");
        var plan = await PlanAsync(world);
        Assert.Equal(FailureKind.ClusterForbidden, await RolloutWorld.FailureOf(() => world.ApplyAsync<SlotSwitchResult>(plan)));
        Assert.Equal((MitigationState.Failed, "blue"), (await world.StateOf(plan.Id), Live(world)));
    }

    [Fact]
    public async Task It_works_without_an_environments_settings_by_plain_parameters()
    {
        await using var world = await RolloutWorld.StartAsync();
        (world.Service, world.Slots) = (null, []);
        Assert.Equal(FailureKind.SettingMissing, await FailureOf(world, request => request));
        var plan = await PlanAsync(world, new SlotSwitchRequest
        {
            Scope = world.Scope, Service = ProductionNames.Service, Slots = ["green", "blue"], SelectorKey = "version", To = "green",
        });
        Assert.Equal("green", plan.Changes[0].After);
        Assert.Equal("green", (await PlanAsync(world, new SlotSwitchRequest { Scope = world.Scope, Service = ProductionNames.Service })).Changes[0].After);
    }

    [Fact]
    public async Task Bad_input_is_told_apart()
    {
        await using var world = await RolloutWorld.StartAsync();
        Assert.Equal(FailureKind.NothingToDo, await FailureOf(world, request => request with { To = "blue" }));
        Assert.Equal(FailureKind.ArgumentInvalid, await FailureOf(world, request => request with { To = "purple" }));
        Assert.Equal(FailureKind.ArgumentInvalid, await FailureOf(world, request => request with { Slots = ["blue"] }));
        Assert.Equal(FailureKind.ArgumentInvalid, await FailureOf(world, request => request with { Slots = ["blue", "blue"] }));
        Assert.Equal(FailureKind.ArgumentInvalid, await FailureOf(world, request => request with { Slots = ["blue", "green,app"] }));
        Assert.Equal(FailureKind.ArgumentInvalid, await FailureOf(world, request => request with { SelectorKey = "version in (x)" }));
        Assert.Equal(FailureKind.SlotUnknown, await FailureOf(world, request => request with { SelectorKey = "slot" }));
        Assert.Equal(FailureKind.NameInvalid, await FailureOf(world, request => request with { Service = "a/../../secrets" }));
        Assert.Equal(FailureKind.ServiceNotFound, await FailureOf(world, request => request with { Service = "nobody" }));
        Assert.Empty(world.Sandbox.Writes);
    }
}
