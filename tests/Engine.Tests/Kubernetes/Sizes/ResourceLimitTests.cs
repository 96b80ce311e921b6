using System.Text.Json.Nodes;
using Engine.Tests.Kubernetes.Rollouts;
using k8s.Models;
using MalariaIncident;

namespace Engine.Tests.Kubernetes.Sizes;

/// <summary>Limits in the template: what is checked, what is sent, and everything back exactly.</summary>
public sealed class ResourceLimitTests
{
    private static V1ResourceRequirements Resources(RolloutWorld world) => world.Api.Resources;

    [Fact]
    public async Task Old_and_new_are_shown_every_pod_restarts_and_undo_puts_it_back_exactly()
    {
        await using var world = await RolloutWorld.StartAsync();
        var before = k8s.KubernetesJson.Serialize(world.Deployment.Spec.Template);
        var plan = await world.LimitAsync(memory: "4Gi", cpu: "2");
        Assert.Empty(world.Sandbox.Writes);
        Assert.Equal(
            ["deployment/malaria-predictor-api: memory limit of container api: 2Gi → 4Gi", "deployment/malaria-predictor-api: cpu limit of container api: 1 → 2"],
            plan.Changes.Select(change => change.ToString()));
        Assert.Equal("every pod restarts: 3 pods are replaced, a few at a time", plan.BlastRadius);
        var result = await world.ApplyAsync(plan);
        Assert.Equal((3, true, 2L, 3L), (result.ReadyReplicas, result.Verified, result.FromRevision, result.ToRevision));
        Assert.Equal(("4Gi", "512Mi"), (Resources(world).Limits["memory"].ToString(), Resources(world).Requests["memory"].ToString()));

        await world.UndoAsync(plan.Id);
        Assert.Equal(before, k8s.KubernetesJson.Serialize(world.Deployment.Spec.Template));
        Assert.Equal("log less", world.Deployment.Metadata.Annotations["kubernetes.io/change-cause"]);
        Assert.Equal(MitigationState.Undone, await world.StateOf(plan.Id));
    }

    /// <summary>Trap: the limits patch names container api; if none is called so, an image-less container is added.</summary>
    [Fact]
    public async Task The_container_comes_from_the_live_deployment_and_none_is_ever_added()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.Container = "nobody";
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.LimitAsync("4Gi"));
        Assert.Equal(FailureKind.ContainerNotFound, failure.Kind);
        Assert.Contains("api, metrics", failure.Message, StringComparison.Ordinal);
        world.Container = null;
        Assert.Equal(FailureKind.ContainerNotFound, await RolloutWorld.FailureOf(() => world.LimitAsync("4Gi")));
        world.Container = "metrics";
        await world.ApplyAsync(await world.LimitAsync("128Mi"), wait: false);
        Assert.Equal(["api 2Gi", "metrics 128Mi"], world.Deployment.Spec.Template.Spec.Containers.Select(container => $"{container.Name} {container.Resources.Limits["memory"]}"));
    }

    [Fact]
    public async Task The_patch_names_the_limit_by_its_place_under_the_tests()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.Container = "metrics";
        await world.ApplyAsync(await world.LimitAsync("128Mi"), wait: false);
        Assert.Equal(
            ["test /metadata/uid", "test /metadata/resourceVersion", "add /spec/template/spec/containers/1/resources/limits/memory",
                "add /metadata/annotations/malaria-incident~1mitigation", "add /metadata/annotations/kubernetes.io~1change-cause"],
            JsonNode.Parse(Assert.Single(world.Sandbox.Writes).Body)!.AsArray().Select(operation => $"{operation!["op"]} {operation["path"]}"));
    }

    [Fact]
    public async Task A_container_without_resources_gets_the_limit_alone_and_loses_it_again()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Resources = new());
        var before = k8s.KubernetesJson.Serialize(world.Deployment.Spec.Template);
        var plan = await world.LimitAsync("1Gi");
        Assert.Contains("has no memory request, so its limit counts as one", Assert.Single(plan.Reasons), StringComparison.Ordinal);
        await world.ApplyAsync(plan, wait: false);
        Assert.Equal("1Gi", Resources(world).Limits["memory"].ToString());
        await world.UndoAsync(plan.Id);
        Assert.DoesNotContain("memory", Resources(world).Limits?.Keys ?? []);
        Assert.Equal(Normal(before), Normal(k8s.KubernetesJson.Serialize(world.Deployment.Spec.Template)));

        static string Normal(string template) => template.Replace("\"limits\":{}", "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_below_the_request_is_refused_or_takes_the_request_along()
    {
        await using var world = await RolloutWorld.StartAsync();
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.LimitAsync("256Mi"));
        Assert.Equal(FailureKind.ArgumentInvalid, failure.Kind);
        Assert.Contains("below what container api", failure.Message, StringComparison.Ordinal);
        Assert.Contains("-LowerRequest", failure.Advice, StringComparison.Ordinal);
        var plan = await world.LimitAsync("256Mi", lowerRequest: true);
        Assert.Equal(["memory limit of container api", "memory request of container api"], plan.Changes.Select(change => change.Field));
        await world.ApplyAsync(plan, wait: false);
        Assert.Equal("256Mi", Resources(world).Requests["memory"].ToString());
        await world.UndoAsync(plan.Id);
        Assert.Equal(("2Gi", "512Mi"), (Resources(world).Limits["memory"].ToString(), Resources(world).Requests["memory"].ToString()));
    }

    [Fact]
    public async Task Nothing_named_nothing_new_and_nothing_readable_are_told_apart()
    {
        await using var world = await RolloutWorld.StartAsync();
        Assert.Equal(FailureKind.ArgumentInvalid, await RolloutWorld.FailureOf(() => world.LimitAsync()));
        Assert.Equal(FailureKind.NothingToDo, await RolloutWorld.FailureOf(() => world.LimitAsync("2048Mi")));
        Assert.Contains("8Gi", (await Assert.ThrowsAsync<IncidentException>(() => world.LimitAsync("8GB"))).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_range_is_kept_and_named()
    {
        await using var world = await RolloutWorld.StartAsync("limit-range");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.LimitAsync("8Gi", force: true));
        Assert.Equal(FailureKind.LimitRangeExceeded, failure.Kind);
        Assert.Contains("limit range container-bounds allows container api at most 4Gi of memory, and it would have 8Gi", failure.Message, StringComparison.Ordinal);
        Assert.Contains("a memory limit of 6 times its request of 512Mi, and 3.5Gi is 7 times", (await Assert.ThrowsAsync<IncidentException>(() => world.LimitAsync("3.5Gi"))).Message, StringComparison.Ordinal);
        world.Container = "metrics";
        Assert.Contains("request at least 16Mi", (await Assert.ThrowsAsync<IncidentException>(() => world.LimitAsync("8Mi", lowerRequest: true))).Message, StringComparison.Ordinal);
        world.Container = "api";
        Assert.NotEmpty((await world.LimitAsync("3Gi")).Changes);
    }

    [Fact]
    public async Task A_quota_is_kept_and_named()
    {
        await using var world = await RolloutWorld.StartAsync("tight-quota");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.LimitAsync("4Gi"));
        Assert.Equal(FailureKind.QuotaExceeded, failure.Kind);
        Assert.Contains("3 pods like this do not fit: resource quota team-quota allows 18Gi of limits.memory", failure.Message, StringComparison.Ordinal);
        Assert.Contains(await WarningsAsync(() => world.LimitAsync("4Gi", force: true)), warning => warning.Contains("team-quota", StringComparison.Ordinal));
        Assert.NotEmpty((await world.LimitAsync("3Gi")).Changes);
    }

    [Fact]
    public async Task A_quota_without_room_for_the_first_new_pod_would_stop_the_rollout()
    {
        await using var world = await RolloutWorld.StartAsync("tight-quota");
        world.SomebodyChanges(deployment =>
        {
            deployment.Spec.Strategy.RollingUpdate.MaxUnavailable = "0";
            deployment.Spec.Replicas = 5;
        });
        await world.Sandbox.WaitAsync(() => world.Deployment.Status.ReadyReplicas == 5, CancellationToken.None);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.LimitAsync("2100Mi"));
        Assert.Contains("no room for the first new pod beside the old ones: resource quota team-quota allows 10 of pods", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_no_node_has_is_refused_as_a_request_and_warned_of_as_a_limit()
    {
        await using var world = await RolloutWorld.StartAsync();
        Assert.Contains(await WarningsAsync(() => world.LimitAsync("40Gi")), warning => warning.Contains("No node has the 40.06Gi of memory", StringComparison.Ordinal));
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Resources.Requests.Remove("memory"));
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.LimitAsync("40Gi"));
        Assert.Equal(FailureKind.NodeTooSmall, failure.Kind);
        Assert.Contains("the largest node, sandbox-worker", failure.Message, StringComparison.Ordinal);
        Assert.Contains(await WarningsAsync(() => world.LimitAsync("40Gi", force: true)), warning => warning.Contains("No node could run a pod like this", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nodes_and_rules_that_may_not_be_read_are_notes()
    {
        await using var world = await RolloutWorld.StartAsync();
        foreach (var resource in new[] { "nodes", "resourcequotas", "limitranges" })
        {
            world.Sandbox.Forbid("list", resource);
        }

        Assert.Equal(3, (await WarningsAsync(() => world.LimitAsync("4Gi"))).Count(warning => warning.Contains("not checked", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_quality_of_service_that_changes_is_warned_of()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.SomebodyChanges(deployment =>
        {
            foreach (var container in deployment.Spec.Template.Spec.Containers)
            {
                container.Resources.Requests = new Dictionary<string, ResourceQuantity>(container.Resources.Limits);
            }
        });
        Assert.Contains(await WarningsAsync(() => world.LimitAsync("4Gi")), warning => warning.Contains("were Guaranteed and will be Burstable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_template_at_the_time_of_sending_stops_it()
    {
        await using var world = await RolloutWorld.StartAsync();
        var (mine, theirs) = (await world.LimitAsync("4Gi"), await world.LimitAsync("3Gi"));
        await world.ApplyAsync(theirs, wait: false);
        Assert.Equal(FailureKind.ObjectChanged, await RolloutWorld.FailureOf(() => world.ApplyAsync(mine)));
        Assert.Equal("3Gi", Resources(world).Limits["memory"].ToString());
    }

    [Fact]
    public async Task A_limit_that_somebody_changed_since_is_not_overwritten_without_force()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.LimitAsync("4Gi");
        await world.ApplyAsync(plan, wait: false);
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Resources.Limits["memory"] = new("6Gi"));
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.UndoAsync(plan.Id));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        Assert.Contains("memory limit of container api: 4Gi → 6Gi", failure.Message, StringComparison.Ordinal);
        await world.UndoAsync(plan.Id, force: true);
        Assert.Equal("2Gi", Resources(world).Limits["memory"].ToString());
    }

    /// <summary>Trap: set env, rollout restart and a patch of the limits each create a revision, which a later rollback must pass over.</summary>
    [Fact]
    public async Task A_later_emergency_rollback_passes_such_revisions_over()
    {
        await using var world = await RolloutWorld.StartAsync(RolloutWorld.Fast, "bad-release");
        var limit = await world.LimitAsync("4Gi");
        await world.ApplyAsync(limit, wait: false);
        await world.Sandbox.WaitAsync(() => world.Deployment.Status.ObservedGeneration == world.Deployment.Metadata.Generation, CancellationToken.None);
        var rollback = await world.PlanAsync();
        Assert.Contains(rollback.Changes, change => change.Field == "image of container api");
        Assert.Contains(rollback.Changes, change => change is { Field: "memory limit of container api", Before: "4Gi", After: "2Gi" });
        Assert.Contains(rollback.Warnings, warning => warning.Contains(limit.Id, StringComparison.Ordinal) && warning.Contains("the former limits come back", StringComparison.Ordinal));
        await world.ApplyAsync(rollback);
        Assert.EndsWith(":1.4.2", world.Api.Image, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Argo_CD_and_a_pause_stand_against_it()
    {
        await using var world = await RolloutWorld.StartAsync("argo-cd");
        Assert.Equal(FailureKind.ObjectManagedElsewhere, await RolloutWorld.FailureOf(() => world.LimitAsync("4Gi")));
        world.SomebodyChanges(deployment => deployment.Spec.Paused = true);
        Assert.Equal(FailureKind.DeploymentPaused, await RolloutWorld.FailureOf(() => world.LimitAsync("4Gi", force: true)));
    }

    private static async Task<IReadOnlyList<string>> WarningsAsync(Func<Task<MitigationPlan>> plan) => (await plan()).Warnings;
}
