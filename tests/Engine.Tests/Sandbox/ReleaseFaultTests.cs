using System.Net;
using System.Text.Json.Nodes;
using k8s.Models;
using MalariaIncident.Sandbox;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Simulation;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Sandbox;

/// <summary>Releases that go wrong, and what a deployment controller makes of attempts to undo them.</summary>
public sealed class ReleaseFaultTests
{
    private const string Deployment = $"/apis/apps/v1/namespaces/{ProductionNames.Namespace}/deployments/{ProductionNames.Deployment}";

    private static Task<SandboxWorld> StartAsync(params string[] faults) =>
        SandboxWorld.StartAsync(new() { Faults = faults, Database = false, Cache = false }, CancellationToken.None);

    private static V1Deployment Live(SandboxWorld world) =>
        world.Store.Find(ResourceKinds.Deployments, ProductionNames.Namespace, ProductionNames.Deployment)!.As<V1Deployment>();

    private static Dictionary<long, V1ReplicaSet> Revisions(SandboxWorld world) => world.Store.All<V1ReplicaSet>(ResourceKinds.ReplicaSets, ProductionNames.Namespace)
        .Where(set => set.IsOwnedBy(Live(world).Metadata.Uid)).ToDictionary(DeploymentController.RevisionOf);

    private static string Image(V1PodTemplateSpec template) => template.Spec.Containers.First(container => container.Name == ProductionNames.Container).Image;

    private static List<V1Pod> Pods(SandboxWorld world) =>
        [.. world.Store.All<V1Pod>(ResourceKinds.Pods, ProductionNames.Namespace).Where(pod => pod.Metadata.Labels.TryGetValue("version", out var slot) && slot == "blue")];

    /// <summary>What <c>kubectl rollout undo</c> sends: the template of an older ReplicaSet, without its hash.</summary>
    private static async Task UndoAsync(SandboxWorld world, long toRevision)
    {
        using var api = SandboxFixture.ApiOf(world);
        var name = Revisions(world)[toRevision].Metadata.Name;
        var set = (await api.GetAsync($"/apis/apps/v1/namespaces/{ProductionNames.Namespace}/replicasets/{name}")).MustSucceed();
        var template = set["spec"]!["template"]!;
        ((JsonObject)template["metadata"]!["labels"]!).Remove("pod-template-hash");
        (await api.SendAsync(HttpMethod.Patch, Deployment, new JsonArray(new JsonObject { ["op"] = "replace", ["path"] = "/spec/template", ["value"] = template.DeepClone() }), ApiUnderTest.JsonPatch)).MustSucceed();
    }

    private static Task RolledOutAsync(SandboxWorld world) => world.WaitAsync(() => Live(world) is var live && live.Status.ObservedGeneration == live.Metadata.Generation
        && live.Status.UpdatedReplicas == live.Spec.Replicas && live.Status.Replicas == live.Spec.Replicas && live.Status.AvailableReplicas == live.Spec.Replicas, CancellationToken.None);

    [Fact]
    public async Task The_past_has_a_release_that_served_for_days_and_a_changed_setting()
    {
        await using var world = await StartAsync();
        var revisions = Revisions(world);
        Assert.Equal([1L, 2L], revisions.Keys.Order());
        Assert.All(revisions.Values, set => Assert.Equal($"{ProductionNames.Image}:{ProductionNames.GoodTag}", Image(set.Spec.Template)));
        Assert.True(revisions[2].Metadata.CreationTimestamp - revisions[1].Metadata.CreationTimestamp > TimeSpan.FromDays(5));
        Assert.Equal("2", Live(world).Metadata.Annotations[DeploymentController.Revision]);
        Assert.Equal(3, Live(world).Status.ReadyReplicas);
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(world.Application, "/health/liveness"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(world.Application, "/health/readiness"))).StatusCode);
        Assert.Empty(world.Writes);
    }

    [Fact]
    public async Task A_bad_release_passed_its_rollout_and_is_an_outage_now()
    {
        await using var world = await StartAsync("bad-release");
        Assert.Equal([1L, 2L, 3L, 4L], Revisions(world).Keys.Order());
        Assert.Contains(Live(world).Status.Conditions, condition => condition is { Type: "Progressing", Reason: "NewReplicaSetAvailable" });
        Assert.Contains(Live(world).Status.Conditions, condition => condition is { Type: "Available", Status: "False" });
        Assert.All(Pods(world), pod => Assert.True(pod.Status.ContainerStatuses.First(status => status.Name == ProductionNames.Container).RestartCount > 3));
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(world.Application, "/health/liveness"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("0 of 3 pods are ready", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_undo_keeps_the_bad_image()
    {
        await using var world = await StartAsync("bad-release");
        await UndoAsync(world, 3);
        await world.WaitAsync(() => Revisions(world).ContainsKey(5), CancellationToken.None);
        Assert.Equal($"{ProductionNames.Image}:{Behaviours.BadTag}", Image(Live(world).Spec.Template));
        Assert.False(Revisions(world).ContainsKey(3));
    }

    [Fact]
    public async Task An_undo_to_the_good_release_takes_its_replica_set_again_under_the_next_number()
    {
        await using var world = await StartAsync("bad-release");
        var good = Revisions(world)[2].Metadata.Name;
        await UndoAsync(world, 2);
        await RolledOutAsync(world);
        Assert.Equal([1L, 3L, 4L, 5L], Revisions(world).Keys.Order());
        Assert.Equal(good, Revisions(world)[5].Metadata.Name);
        Assert.Equal("2", Revisions(world)[5].Metadata.Annotations["deployment.kubernetes.io/revision-history"]);
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(world.Application, "/health/readiness"))).StatusCode);
    }

    [Fact]
    public async Task A_rollout_never_has_more_or_fewer_pods_than_it_may()
    {
        await using var world = await StartAsync();
        var version = world.Store.Version;
        await UndoAsync(world, 1);
        await RolledOutAsync(world);
        var sets = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var set in Revisions(world).Values) sets[set.Metadata.Name] = DeploymentController.RevisionOf(set) == 3 ? 0 : set.Spec.Replicas == 0 ? 3 : 0;
        var (most, fewest) = (0, int.MaxValue);
        foreach (var change in world.Store.ChangesAfter(version, out _, out _)!)
        {
            if (change.Object.Typed is V1ReplicaSet set && sets.ContainsKey(set.Metadata.Name)) sets[set.Metadata.Name] = set.Spec.Replicas ?? 0;
            most = Math.Max(most, sets.Values.Sum());
            if (change.Object.Typed is V1Deployment { Metadata.Name: ProductionNames.Deployment } deployment) fewest = Math.Min(fewest, deployment.Status.AvailableReplicas ?? 0);
        }
        Assert.Equal((4, 2), (most, fewest));
    }

    [Fact]
    public async Task An_image_that_cannot_be_pulled_stops_the_rollout_and_the_old_pods_serve_on()
    {
        await using var world = await StartAsync("image-pull");
        Assert.Contains(Pods(world), pod => pod.Status.ContainerStatuses.Any(status => status.State.Waiting?.Reason == "ImagePullBackOff"));
        Assert.Equal(2, Pods(world).Count(pod => pod.IsReady()));
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(world.Application, "/health/readiness"))).StatusCode);
        world.Advance(TimeSpan.FromMinutes(10));
        Assert.Contains(Live(world).Status.Conditions, condition => condition is { Type: "Progressing", Status: "False", Reason: "ProgressDeadlineExceeded" });
    }

    [Fact]
    public async Task A_hungry_release_is_killed_until_its_limit_is_raised()
    {
        await using var world = await StartAsync("oom");
        Assert.Contains(Pods(world), pod => pod.Status.ContainerStatuses.Any(status => status.LastState?.Terminated is { Reason: "OOMKilled", ExitCode: 137 }));
        using (var api = SandboxFixture.ApiOf(world))
            (await api.PatchAsync(Deployment, ApiUnderTest.StrategicPatch,
                """{"spec":{"template":{"spec":{"containers":[{"name":"api","resources":{"limits":{"memory":"8Gi","cpu":"4000m"}}}]}}}}""")).MustSucceed();
        await world.WaitAsync(() => Live(world).Status.ObservedGeneration == Live(world).Metadata.Generation, CancellationToken.None);
        world.Advance(TimeSpan.FromMinutes(5));
        Assert.All(Pods(world), pod => Assert.True(pod.IsReady()));
        Assert.All(Pods(world), pod => Assert.Equal(0, pod.Status.ContainerStatuses.Sum(status => status.RestartCount)));
    }

    [Fact]
    public async Task A_silent_node_takes_its_pods_out_and_after_five_minutes_they_are_elsewhere()
    {
        await using var world = await StartAsync("node-not-ready");
        var node = ProductionHistory.Workers[0];
        Assert.All(Pods(world).Where(pod => pod.Spec.NodeName == node), pod => Assert.False(pod.IsReady()));
        Assert.True((Live(world).Status.ReadyReplicas ?? 0) < 3);
        world.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(3, Live(world).Status.ReadyReplicas);
        Assert.All(Pods(world).Where(pod => pod.IsReady()), pod => Assert.NotEqual(node, pod.Spec.NodeName));
        Assert.All(Pods(world).Where(pod => pod.Spec.NodeName == node), pod => Assert.NotNull(pod.Metadata.DeletionTimestamp));
        await world.ClearAsync("node-not-ready", CancellationToken.None);
        await world.WaitAsync(() => Pods(world).All(pod => pod.Spec.NodeName != node || pod.Metadata.DeletionTimestamp is null), CancellationToken.None);
    }

    [Fact]
    public async Task A_crash_loop_of_every_release_comes_and_goes()
    {
        await using var world = await SandboxWorld.StartAsync(
            new() { Database = false, Cache = false, Pace = new() { BackOff = TimeSpan.FromMilliseconds(100) } }, CancellationToken.None);
        await world.InjectAsync("crash-loop", CancellationToken.None);
        Assert.DoesNotContain(Pods(world), pod => pod.IsReady());
        await world.ClearAsync("crash-loop", CancellationToken.None);
        await world.WaitAsync(() => Pods(world).All(pod => pod.IsReady()), CancellationToken.None);
    }

    [Fact]
    public async Task An_autoscaler_puts_back_what_somebody_scales_below_its_minimum()
    {
        await using var world = await StartAsync("autoscaler");
        using (var api = SandboxFixture.ApiOf(world))
            (await api.PatchAsync(Deployment + "/scale", ApiUnderTest.MergePatch, """{"spec":{"replicas":1}}""")).MustSucceed();
        await world.WaitAsync(() => world.Store.All<Corev1Event>(ResourceKinds.Events, ProductionNames.Namespace).Any(entry => entry.Reason == "SuccessfulRescale"), CancellationToken.None);
        Assert.Equal(3, Live(world).Spec.Replicas);
    }

    [Fact]
    public async Task A_fault_that_does_not_exist_is_named_with_those_that_do()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => StartAsync("gremlins"));
        Assert.Contains("'gremlins'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("bad-release", failure.Message, StringComparison.Ordinal);
    }
}
