using System.Text.Json.Nodes;
using Engine.Tests.Kubernetes.Rollouts;
using k8s.Models;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes.Sizes;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Simulation;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Kubernetes.Sizes;

/// <summary>Limits of the pods that run, without a restart, and said honestly.</summary>
public sealed class PodResizeTests
{
    private static List<V1Pod> Pods(RolloutWorld world) => [.. world.Sandbox.Store.All<V1Pod>(ResourceKinds.Pods, ProductionNames.Namespace)
        .Where(pod => pod.Metadata.Labels.TryGetValue("version", out var slot) && slot == "blue" && pod.IsActive())];

    private static string Limit(V1Pod pod) => pod.Spec.Containers.First(container => container.Name == ProductionNames.Container).Resources.Limits["memory"].ToString();

    /// <summary>What its node says that the container has.</summary>
    private static string Given(V1Pod pod) => pod.Status.ContainerStatuses.First(status => status.Name == ProductionNames.Container).Resources.Limits["memory"].ToString();

    private static bool IsDeferred(V1Pod pod) => pod.Status.Conditions.Any(condition => condition is { Type: "PodResizePending", Status: "True" });

    private static void EveryPod(RolloutWorld world, Action<V1Pod> change) => Pods(world).ForEach(pod =>
        world.Sandbox.Store.Update(ResourceKinds.Pods, ProductionNames.Namespace, pod.Metadata.Name, change));

    [Fact]
    public async Task Running_pods_get_the_limit_without_a_restart_and_the_template_stays()
    {
        await using var world = await RolloutWorld.StartAsync();
        var names = Pods(world).Select(pod => pod.Metadata.Name).ToList();
        var template = k8s.KubernetesJson.Serialize(world.Deployment.Spec.Template);
        var plan = await world.LimitAsync("4Gi", inPlace: true);
        Assert.Empty(world.Sandbox.Writes);
        Assert.Equal(names.Select(name => $"pod/{name}: memory limit of container api: 2Gi → 4Gi").Order(), plan.Changes.Select(change => change.ToString()).Order());
        Assert.Contains("The template of malaria-predictor-api stays as it is", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.Equal("3 pods are resized while running, one after the other; none is replaced", plan.BlastRadius);

        var result = await world.ApplyAsync(plan);
        Assert.Contains("3 of 3 pods have their new size, and none of them restarted. The template is unchanged", result.Detail, StringComparison.Ordinal);
        Assert.Equal((2L, 2L, true), (result.FromRevision, result.ToRevision, result.Verified));
        Assert.Equal(names, Pods(world).Select(pod => pod.Metadata.Name));
        Assert.All(Pods(world), pod => Assert.Equal("4Gi", Limit(pod)));
        Assert.Equal(template, k8s.KubernetesJson.Serialize(world.Deployment.Spec.Template));
        Assert.All(world.Sandbox.Writes, write => Assert.EndsWith("/resize", write.Path, StringComparison.Ordinal));

        await world.UndoAsync(plan.Id);
        Assert.All(Pods(world), pod => Assert.Equal("2Gi", Limit(pod)));
        Assert.Equal(MitigationState.Undone, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task Each_patch_tests_the_pod_the_container_and_the_former_value()
    {
        await using var world = await RolloutWorld.StartAsync();
        await world.ApplyAsync(await world.LimitAsync("4Gi", inPlace: true), wait: false);
        Assert.All(world.Sandbox.Writes, write => Assert.Equal(
            ["test /metadata/uid", "test /spec/containers/0/name", "test /spec/containers/0/resources/limits/memory", "add /spec/containers/0/resources/limits/memory"],
            JsonNode.Parse(write.Body)!.AsArray().Select(operation => $"{operation!["op"]} {operation["path"]}")));
    }

    [Fact]
    public async Task A_server_that_cannot_do_it_is_found_out_before_anything_is_sent()
    {
        await using var world = await RolloutWorld.StartAsync("no-resize");
        Assert.Equal(FailureKind.ResizeUnsupported, await RolloutWorld.FailureOf(() => world.LimitAsync("4Gi", inPlace: true)));
        Assert.NotEmpty((await world.LimitAsync("4Gi")).Changes);
    }

    [Fact]
    public async Task Guaranteed_pods_stay_guaranteed_their_requests_move_along()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.SomebodyChanges(deployment =>
        {
            foreach (var container in deployment.Spec.Template.Spec.Containers)
            {
                container.Resources.Requests = new Dictionary<string, ResourceQuantity>(container.Resources.Limits);
            }
        });
        await world.Sandbox.WaitAsync(() => world.Deployment.Status is { UpdatedReplicas: 3, Replicas: 3, AvailableReplicas: 3 } status
            && status.ObservedGeneration == world.Deployment.Metadata.Generation, CancellationToken.None);
        EveryPod(world, pod => pod.Status.QosClass = "Guaranteed");
        var plan = await world.LimitAsync("4Gi", inPlace: true);
        Assert.Equal(6, plan.Changes.Count);
        Assert.Contains("requests move along", Assert.Single(plan.Reasons), StringComparison.Ordinal);
        Assert.True((await world.ApplyAsync(plan)).Verified);
    }

    [Fact]
    public async Task A_node_without_room_is_told_in_its_words()
    {
        await using var world = await RolloutWorld.StartAsync();
        var full = Pods(world)[0].Spec.NodeName;
        world.Sandbox.Store.Update<V1Node>(ResourceKinds.Nodes, "", full, node => node.Status.Allocatable = new Dictionary<string, ResourceQuantity>(node.Status.Allocatable) { ["memory"] = new("600Mi") });
        var plan = await world.LimitAsync("4Gi", inPlace: true, deadline: TimeSpan.FromSeconds(10));
        var failure = await world.OverdueAsync(plan, () => Pods(world).TrueForAll(pod => pod.Spec.NodeName == full ? IsDeferred(pod) : Given(pod) == "4Gi"));
        Assert.Equal(FailureKind.ResizeFailed, failure.Kind);
        Assert.Contains($"{Pods(world).Count(pod => pod.Spec.NodeName != full)} of 3 pods", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Node didn't have enough resource: memory", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void What_the_node_said_of_the_size_before_is_no_answer_to_this_one(int answeredGeneration, bool refused)
    {
        var pod = new SizedPod("api-1", "u-1", 0, [new ResourceEdit("api", ResourceEdit.Limits, "memory", "64Gi", "4Gi")]);
        var (state, _) = pod.StateOf((JsonObject)JsonNode.Parse($$$"""
            {
              "metadata": { "name": "api-1", "uid": "u-1", "generation": 3 },
              "spec": { "containers": [ { "name": "api", "resources": { "limits": { "memory": "4Gi" } } } ] },
              "status": { "conditions": [ { "type": "PodResizePending", "status": "True", "reason": "Infeasible", "observedGeneration": {{{answeredGeneration}}} } ] }
            }
            """)!);
        Assert.Equal(refused ? SizeState.Refused : SizeState.Pending, state);
    }

    [Fact]
    public async Task A_pod_that_goes_meanwhile_is_counted_and_the_others_are_resized()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.LimitAsync("4Gi", inPlace: true);
        var gone = Pods(world)[0];
        world.Sandbox.Store.Remove(world.Sandbox.Store.Find(ResourceKinds.Pods, ProductionNames.Namespace, gone.Metadata.Name)!);
        var result = await world.ApplyAsync(plan);
        Assert.Contains("2 of 3 pods have their new size", result.Detail, StringComparison.Ordinal);
        Assert.Contains("1 went meanwhile", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_pod_that_somebody_else_resized_does_not_hide_what_was_done_to_the_others()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.LimitAsync("4Gi", inPlace: true);
        var other = Pods(world)[1].Metadata.Name;
        world.Sandbox.Store.Update<V1Pod>(ResourceKinds.Pods, ProductionNames.Namespace, other, pod => pod.Spec.Containers[0].Resources.Limits["memory"] = new("3Gi"));
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ApplyAsync(plan));
        Assert.Equal(FailureKind.ResizeFailed, failure.Kind);
        Assert.Contains($"pod {other} has not", failure.Message, StringComparison.Ordinal);
        Assert.Equal(MitigationState.InForce, await world.StateOf(plan.Id));
        Assert.Equal(["3Gi", "4Gi", "4Gi"], Pods(world).Select(Limit).Order());

        failure = await Assert.ThrowsAsync<IncidentException>(() => world.UndoAsync(plan.Id));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        await world.UndoAsync(plan.Id, force: true);
        Assert.All(Pods(world), pod => Assert.Equal("2Gi", Limit(pod)));
    }

    [Fact]
    public async Task A_release_in_between_stops_it()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.LimitAsync("4Gi", inPlace: true);
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Image += "-next");
        Assert.Equal(FailureKind.ObjectChanged, await RolloutWorld.FailureOf(() => world.ApplyAsync(plan)));
        Assert.Empty(world.Sandbox.Writes);
    }

    [Fact]
    public async Task After_a_rollout_there_is_nothing_to_put_back_and_that_is_recorded()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.LimitAsync("4Gi", inPlace: true);
        await world.ApplyAsync(plan);
        await world.ApplyAsync(await world.DegradeAsync(["EXPORT"], 3));
        Assert.All(Pods(world), pod => Assert.Equal("2Gi", Limit(pod)));
        var undo = await world.Mitigations.PlanUndoAsync(plan.Id, world.Scope, false, CancellationToken.None);
        Assert.Contains("none of its pods", undo.Summary, StringComparison.Ordinal);
        await world.ApplyAsync(undo);
        Assert.Equal(MitigationState.Undone, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task A_limit_where_none_was_cannot_be_taken_away_in_place_and_the_plan_says_so()
    {
        await using var world = await RolloutWorld.StartAsync();
        EveryPod(world, pod => pod.Spec.Containers[0].Resources.Limits.Remove("memory"));
        Assert.Null((await world.LimitAsync("4Gi", inPlace: true)).Undo);
    }

    [Fact]
    public async Task A_container_that_restarts_on_resize_is_announced()
    {
        await using var world = await RolloutWorld.StartAsync();
        EveryPod(world, pod => pod.Spec.Containers[0].ResizePolicy = [new() { ResourceName = "memory", RestartPolicy = "RestartContainer" }]);
        Assert.Contains((await world.LimitAsync("4Gi", inPlace: true)).Warnings, warning => warning.Contains("restarts when its memory changes", StringComparison.Ordinal));
        Assert.DoesNotContain((await world.LimitAsync(cpu: "2", inPlace: true)).Warnings, warning => warning.Contains("restarts when", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lost_answer_is_read_back_from_the_pods()
    {
        await using var world = await RolloutWorld.StartAsync("api-lost-answer");
        var plan = await world.LimitAsync("4Gi", inPlace: true);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ApplyAsync(plan));
        Assert.Equal(FailureKind.ResizeFailed, failure.Kind);
        Assert.Contains("1 of 3 pods", failure.Message, StringComparison.Ordinal);
        Assert.Equal(MitigationState.InForce, await world.StateOf(plan.Id));
        await world.ApplyAsync(await world.LimitAsync("4Gi", inPlace: true));
        Assert.All(Pods(world), pod => Assert.Equal("4Gi", Limit(pod)));
    }
}
