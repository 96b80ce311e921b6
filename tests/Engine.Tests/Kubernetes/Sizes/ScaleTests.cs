using Engine.Tests.Kubernetes.Rollouts;
using k8s.Models;
using MalariaIncident;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Simulation;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Kubernetes.Sizes;

/// <summary>More pods, fewer pods, and what stands against either; against the sandbox, through the whole mechanism.</summary>
public sealed class ScaleTests
{
    private static List<V1Pod> Pods(RolloutWorld world) => [.. world.Sandbox.Store.All<V1Pod>(ResourceKinds.Pods, ProductionNames.Namespace)
        .Where(pod => pod.Metadata.Labels.TryGetValue("version", out var slot) && slot == ProductionNames.BlueSlot && pod.IsActive())];

    private static bool IsUnscheduled(V1Pod pod) => pod.Status.Conditions?.Any(condition => condition is { Type: "PodScheduled", Status: "False" }) == true;

    private static DatabaseRoom Room(int used, int? onePod, int application = 0) =>
        new() { Server = "db:5432", Maximum = 100, Used = used, Reserved = 3, MostOfOnePod = onePod, OfApplication = application };

    [Fact]
    public async Task More_pods_run_and_the_former_count_comes_back()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.ScaleAsync(5);
        Assert.Empty(world.Sandbox.Writes);
        Assert.Equal("deployment/malaria-predictor-api: replicas: 3 → 5", Assert.Single(plan.Changes).ToString());
        Assert.Equal("2 pods are started; none that runs is touched", plan.BlastRadius);
        var result = await world.ApplyAsync(plan);
        Assert.Equal((MitigationKind.Scale, 5, true, 2L, 2L), (result.Kind, result.ReadyReplicas, result.Verified, result.FromRevision, result.ToRevision));
        Assert.Equal(MitigationState.InForce, await world.StateOf(plan.Id));

        Assert.Equal(3, (await world.UndoAsync(plan.Id)).ReadyReplicas);
        Assert.Equal(MitigationState.Undone, await world.StateOf(plan.Id));
        Assert.Equal("log less", world.Deployment.Metadata.Annotations["kubernetes.io/change-cause"]);
    }

    /// <summary>Trap: --replicas=10 can scale down.</summary>
    [Fact]
    public async Task A_count_below_the_present_one_needs_to_be_meant()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.SomebodyChanges(deployment => deployment.Spec.Replicas = 6);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ScaleAsync(4, force: true));
        Assert.Equal(FailureKind.ScaleDownNotAllowed, failure.Kind);
        Assert.Contains("has 6 replicas: 4 would stop 2 of them", failure.Message, StringComparison.Ordinal);
        Assert.Contains("-AllowScaleDown", failure.Advice, StringComparison.Ordinal);
        Assert.Equal(4, (await world.ApplyAsync(await world.ScaleAsync(4, allowScaleDown: true))).ReadyReplicas);
    }

    [Fact]
    public async Task Nothing_at_all_is_warned_of_and_not_asked_for_its_health()
    {
        await using var world = await RolloutWorld.StartAsync();
        Assert.Equal(FailureKind.ScaleDownNotAllowed, await RolloutWorld.FailureOf(() => world.ScaleAsync(0)));
        var plan = await world.ScaleAsync(0, allowScaleDown: true);
        Assert.Contains("switch the service off", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        var result = await world.ApplyAsync(plan);
        Assert.Equal((0, null), (result.ReadyReplicas, result.Verified));
        Assert.Equal(3, (await world.UndoAsync(plan.Id)).ReadyReplicas);
    }

    [Fact]
    public async Task The_same_count_and_no_count_are_refused()
    {
        await using var world = await RolloutWorld.StartAsync();
        Assert.Equal(FailureKind.NothingToDo, await RolloutWorld.FailureOf(() => world.ScaleAsync(3)));
        Assert.Equal(FailureKind.ArgumentInvalid, await RolloutWorld.FailureOf(() => world.ScaleAsync(-1, allowScaleDown: true)));
    }

    /// <summary>The plan pins the count: two responders, one wins, the other is told.</summary>
    [Fact]
    public async Task Another_count_at_the_time_of_sending_stops_it()
    {
        await using var world = await RolloutWorld.StartAsync();
        var (mine, theirs) = (await world.ScaleAsync(5), await world.ScaleAsync(8));
        await world.ApplyAsync(theirs, wait: false);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ApplyAsync(mine));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        Assert.Contains("replicas: 3 → 8", failure.Message, StringComparison.Ordinal);
        Assert.Equal(8, world.Deployment.Spec.Replicas);
    }

    [Fact]
    public async Task An_undo_does_not_overwrite_a_later_count()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.ScaleAsync(5);
        await world.ApplyAsync(plan, wait: false);
        world.SomebodyChanges(deployment => deployment.Spec.Replicas = 7);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.UndoAsync(plan.Id));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        Assert.Contains("replicas: 5 → 7", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await world.UndoAsync(plan.Id, force: true)).ReadyReplicas);
    }

    [Fact]
    public async Task A_count_that_is_back_already_is_recorded_as_undone_without_a_write()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.ScaleAsync(4);
        await world.ApplyAsync(plan, wait: false);
        world.SomebodyChanges(deployment => deployment.Spec.Replicas = 3);
        var writes = world.Sandbox.Writes.Count;
        await world.UndoAsync(plan.Id);
        Assert.Equal(writes, world.Sandbox.Writes.Count);
        Assert.Equal(MitigationState.Undone, await world.StateOf(plan.Id));
    }

    /// <summary>Trap: an HPA overrides it.</summary>
    [Fact]
    public async Task An_autoscaler_is_named_with_what_it_would_do()
    {
        await using var world = await RolloutWorld.StartAsync("autoscaler");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ScaleAsync(12));
        Assert.Equal(FailureKind.ObjectManagedElsewhere, failure.Kind);
        Assert.Contains("Autoscaler malaria-predictor-api keeps it between 3 and 10 replicas by cpu 70 %, and would set it back to 10 within seconds", failure.Message, StringComparison.Ordinal);
        Assert.Contains("maxReplicas", failure.Advice, StringComparison.Ordinal);
        Assert.Equal(FailureKind.ObjectManagedElsewhere, await RolloutWorld.FailureOf(() => world.ScaleAsync(5)));
    }

    [Fact]
    public async Task Forced_past_an_autoscaler_it_looks_again_and_says_who_won()
    {
        await using var world = await RolloutWorld.StartAsync("autoscaler");
        var plan = await world.ScaleAsync(12, force: true);
        Assert.Contains("would set it back to 10", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ApplyAsync(plan));
        Assert.Equal(FailureKind.ObjectManagedElsewhere, failure.Kind);
        Assert.Contains("The count was set to 12, and autoscaler malaria-predictor-api has moved it to 10", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Argo_CD_would_put_the_count_back()
    {
        await using var world = await RolloutWorld.StartAsync("argo-cd");
        Assert.Equal(FailureKind.ObjectManagedElsewhere, await RolloutWorld.FailureOf(() => world.ScaleAsync(5)));
        Assert.Contains("Argo CD", Assert.Single((await world.ScaleAsync(5, force: true)).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_pods_than_the_quota_allows_are_refused_by_its_name_with_what_fits()
    {
        await using var world = await RolloutWorld.StartAsync("tight-quota");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ScaleAsync(9));
        Assert.Equal(FailureKind.QuotaExceeded, failure.Kind);
        Assert.Contains("resource quota team-quota allows 10 of pods, 8 are used, and 6 more would be needed", failure.Message, StringComparison.Ordinal);
        Assert.Contains("limits.memory", failure.Message, StringComparison.Ordinal);
        Assert.Contains("At most -Replicas 5 fit", failure.Advice, StringComparison.Ordinal);
        Assert.Equal(5, (await world.ApplyAsync(await world.ScaleAsync(5))).ReadyReplicas);
        Assert.Contains("Not one more fits", (await Assert.ThrowsAsync<IncidentException>(() => world.ScaleAsync(6))).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quota_that_wants_a_limit_of_every_container_is_told_apart_from_a_full_one()
    {
        await using var world = await RolloutWorld.StartAsync("tight-quota");
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.InitContainers =
            [new() { Name = "wait-for-database", Image = "registry.example/wait:1", Resources = new() { Requests = new Dictionary<string, k8s.Models.ResourceQuantity> { ["cpu"] = new("10m") } } }]);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ScaleAsync(4));
        Assert.Equal(FailureKind.QuotaExceeded, failure.Kind);
        Assert.Contains("resource quota team-quota wants limits.memory of every container, and wait-for-database says none", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forced_past_the_quota_the_clusters_refusal_is_told()
    {
        await using var world = await RolloutWorld.StartAsync("tight-quota");
        var failure = await Assert.ThrowsAsync<IncidentException>(async () => await world.ApplyAsync(await world.ScaleAsync(9, force: true)));
        Assert.Equal(FailureKind.RolloutFailed, failure.Kind);
        Assert.Contains("exceeded quota: team-quota", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>What no node has room for comes up in the diagnosis, in the scheduler's words.</summary>
    [Fact]
    public async Task Pods_that_cannot_be_scheduled_are_named_at_the_deadline()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Resources.Requests["cpu"] = new("3"));
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Resources.Limits["cpu"] = new("3"));
        await world.Sandbox.WaitAsync(() => world.Deployment.Status.ObservedGeneration == world.Deployment.Metadata.Generation && world.Deployment.Status.UpdatedReplicas == 3
            && world.Deployment.Status.Replicas == 3, CancellationToken.None);
        var failure = await world.OverdueAsync(await world.ScaleAsync(9, deadline: TimeSpan.FromSeconds(8)), () => Pods(world) is { Count: 9 } pods && pods.TrueForAll(pod => pod.IsReady() || IsUnscheduled(pod)));
        Assert.Equal(FailureKind.RolloutTimeout, failure.Kind);
        Assert.Contains("Insufficient cpu", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Trap: more pods exhaust database connections.</summary>
    [Fact]
    public async Task Too_few_database_connections_are_a_warning_with_the_sum()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.Headroom.Room = Room(used: 60, onePod: 12);
        var plan = await world.ScaleAsync(8);
        Assert.Equal(3, world.Headroom.Addresses.Count);
        Assert.Contains(
            "5 more pods may take 60 connections (12 each, as one pod holds now), and db:5432 has 37 free (60 of 100 used, 3 reserved)", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        var fits = await world.ScaleAsync(5);
        Assert.Empty(fits.Warnings);
        Assert.Contains("2 more pods may take 24 connections", Assert.Single(fits.Reasons), StringComparison.Ordinal);
        world.Headroom.Room = null;
        Assert.Empty((await world.ScaleAsync(2, allowScaleDown: true)).Reasons);
    }

    [Fact]
    public async Task Connections_per_pod_come_from_the_environment_or_the_application_where_no_address_shows()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.Headroom.Room = Room(used: 30, onePod: null, application: 20);
        Assert.Contains("(7 each, as its pods hold now on average)", Assert.Single((await world.ScaleAsync(5)).Reasons), StringComparison.Ordinal);
        world.ConnectionsPerPod = 40;
        Assert.Contains("may take 80 connections (40 each, as the environment file says)", Assert.Single((await world.ScaleAsync(5)).Warnings), StringComparison.Ordinal);
        (world.ConnectionsPerPod, world.Headroom.Room) = (null, Room(used: 30, onePod: null));
        Assert.Contains("How many database connections a pod takes is not known", Assert.Single((await world.ScaleAsync(5)).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_cannot_be_read_is_a_note_and_no_failure()
    {
        await using var world = await RolloutWorld.StartAsync();
        Assert.Contains("no database is named", Assert.Single((await world.ScaleAsync(4)).Reasons), StringComparison.Ordinal);
        world.Headroom.Failure = new IncidentException(FailureKind.DatabaseTimeout, "db:5432 did not answer within 3 s.");
        Assert.Contains("was not checked: db:5432 did not answer", Assert.Single((await world.ScaleAsync(4)).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_that_fail_already_are_named()
    {
        await using var world = await RolloutWorld.StartAsync(RolloutWorld.Fast, "crash-loop");
        await world.Sandbox.WaitAsync(() => world.Deployment.Status.ReadyReplicas is null or 0, CancellationToken.None);
        Assert.Contains((await world.ScaleAsync(5)).Warnings, warning => warning.Contains("more of the same may fail too", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lost_answer_is_read_back()
    {
        await using var world = await RolloutWorld.StartAsync("api-lost-answer");
        var plan = await world.ScaleAsync(4);
        Assert.Equal(4, (await world.ApplyAsync(plan)).ReadyReplicas);
        Assert.Equal(MitigationState.InForce, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task Only_the_count_and_the_mark_are_sent()
    {
        await using var world = await RolloutWorld.StartAsync();
        await world.ApplyAsync(await world.ScaleAsync(4), wait: false);
        var write = Assert.Single(world.Sandbox.Writes);
        Assert.EndsWith($"/deployments/{ProductionNames.Deployment}", write.Path, StringComparison.Ordinal);
        Assert.Equal(
            ["test /metadata/uid", "test /metadata/resourceVersion", "replace /spec/replicas", "add /metadata/annotations/malaria-incident~1mitigation"],
            System.Text.Json.Nodes.JsonNode.Parse(write.Body)!.AsArray().Select(operation => $"{operation!["op"]} {operation["path"]}"));
    }
}
