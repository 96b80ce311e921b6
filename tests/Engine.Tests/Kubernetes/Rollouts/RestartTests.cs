using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Kubernetes.Sizes;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>Every pod anew, against the sandbox, through the whole mechanism.</summary>
public sealed class RestartTests
{
    private const string Annotation = "kubectl.kubernetes.io/restartedAt";
    private const string Good = $"{ProductionNames.Image}:{ProductionNames.GoodTag}";

    private static Task<MitigationPlan> PlanAsync(RolloutWorld world, string? deployment = null, bool pooler = false, bool force = false) => world.Mitigations.PlanAsync(
        new RestartRequest { Scope = world.Scope with { Deployment = deployment }, Pooler = pooler, Force = force, Deadline = RolloutWorld.Generous }, CancellationToken.None);

    private static HashSet<string> Pods(RolloutWorld world, string app) => world.Sandbox.Store.All<V1Pod>(ResourceKinds.Pods, ProductionNames.Namespace)
        .Where(pod => pod.Metadata.Labels["app"] == app && pod.Metadata.DeletionTimestamp is null).Select(pod => pod.Metadata.Uid).ToHashSet(StringComparer.Ordinal);

    /// <summary>What <c>kubectl rollout restart</c> does.</summary>
    private static void KubectlRestarts(RolloutWorld world) => world.SomebodyChanges(deployment =>
    {
        deployment.Spec.Template.Metadata.Annotations ??= new Dictionary<string, string>();
        deployment.Spec.Template.Metadata.Annotations[Annotation] = "2026-11-25T01:00:00Z";
    });

    [Theory]
    [InlineData("th-TH")]
    [InlineData("fi-FI")]
    public async Task The_moment_is_written_as_kubectl_writes_it_wherever_the_operator_sits(string culture)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        await using var world = await RolloutWorld.StartAsync();
        var stamp = Assert.Single((await PlanAsync(world)).Changes).After;
        Assert.Equal(DateTime.UtcNow, DateTime.ParseExact(stamp!, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal), TimeSpan.FromMinutes(1));
        Assert.Equal("2026-11-24 12:00:00Z", Duration.Moment(Cluster.Now));
        Assert.Equal("1.5Gi", Quantity.InWords("memory", 1.5m * 1024 * 1024 * 1024));
    }

    [Fact]
    public async Task Every_pod_is_replaced_by_one_of_the_same_template_and_the_service_answers()
    {
        await using var world = await RolloutWorld.StartAsync();
        var before = Pods(world, "malaria-predictor");
        var plan = await PlanAsync(world);
        Assert.Empty(world.Sandbox.Writes);
        Assert.Empty(world.Journal.Events);
        var change = Assert.Single(plan.Changes);
        Assert.Equal(($"template annotation {Annotation}", null), (change.Field, change.Before));
        Assert.Equal("3 pods are replaced, at least 2 stay ready meanwhile", plan.BlastRadius);
        Assert.Null(plan.Undo);
        var result = await world.ApplyAsync(plan);
        Assert.Equal((true, 3, Good, MitigationKind.Restart), (result.Verified, result.ReadyReplicas, result.Image, result.Kind));
        // The pods of the other slot carry the same label, and are left alone.
        Assert.Equal(2, Pods(world, "malaria-predictor").Intersect(before).Count());
        Assert.Equal(MitigationState.Done, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task One_patch_adds_the_annotation_of_kubectl_under_the_tests()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await PlanAsync(world);
        await world.ApplyAsync(plan, wait: false);
        var operations = JsonNode.Parse(Assert.Single(world.Sandbox.Writes).Body)!.AsArray();
        Assert.Equal(
            ["test /metadata/uid", "test /metadata/resourceVersion", "add /spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt",
                "add /metadata/annotations/malaria-incident~1mitigation", "add /metadata/annotations/kubernetes.io~1change-cause"],
            operations.Select(operation => $"{operation!["op"]} {operation["path"]}"));
        Assert.Equal($"log less; restarted by {plan.Id} for INC-2026-0042", world.Deployment.Metadata.Annotations["kubernetes.io/change-cause"]);
    }

    [Fact]
    public async Task Trap_restarting_the_pooler_drops_clients_and_the_plan_says_so()
    {
        await using var world = await RolloutWorld.StartAsync();
        var before = Pods(world, ProductionNames.Pooler);
        var plan = await PlanAsync(world, pooler: true);
        Assert.Contains(plan.Warnings, warning => warning.Contains("client connections", StringComparison.Ordinal) && warning.Contains("RECONNECT or RELOAD", StringComparison.Ordinal));
        Assert.Equal(ProductionNames.Pooler, plan.Scope.Deployment);
        var result = await world.ApplyAsync(plan);
        Assert.Equal((ProductionNames.Pooler, 2, true), (result.Deployment, result.ReadyReplicas, result.Verified));
        Assert.Empty(Pods(world, ProductionNames.Pooler).Intersect(before));
    }

    [Fact]
    public async Task A_pooler_that_no_environment_names_is_known_by_its_image()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.Pooler = null;
        Assert.Contains((await PlanAsync(world, ProductionNames.Pooler)).Warnings, warning => warning.Contains("connection pooler", StringComparison.Ordinal));
        Assert.DoesNotContain((await PlanAsync(world)).Warnings, warning => warning.Contains("connection pooler", StringComparison.Ordinal));
        Assert.Equal(FailureKind.SettingMissing, await RolloutWorld.FailureOf(() => PlanAsync(world, pooler: true)));
    }

    [Theory]
    [InlineData("0", "1", 1, "the only pod")]
    [InlineData("0%", "0", 1, "the only pod")]
    [InlineData("50%", "100%", 2, "every pod")]
    public async Task Trap_a_strategy_that_stops_the_last_pod_first_is_an_outage(string surge, string unavailable, int replicas, string words)
    {
        await using var world = await RolloutWorld.StartAsync();
        world.SomebodyChanges(ProductionNames.Pooler, deployment =>
        {
            deployment.Spec.Replicas = replicas;
            deployment.Spec.Strategy = new() { Type = "RollingUpdate", RollingUpdate = new() { MaxSurge = surge, MaxUnavailable = unavailable } };
        });
        var plan = await PlanAsync(world, ProductionNames.Pooler);
        Assert.Contains(plan.Warnings, warning => warning.Contains("outage", StringComparison.Ordinal) && warning.Contains(words, StringComparison.Ordinal));
        Assert.Contains(plan.Warnings, warning => warning.StartsWith($"PodDisruptionBudget pgbouncer wants 1 of {(replicas == 1 ? "1 pod" : $"{replicas} pods")} ready, and does not hold a restart back", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_single_pod_with_surge_and_a_budget_that_the_strategy_keeps_are_no_reason_to_warn()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.SomebodyChanges(ProductionNames.Pooler, deployment => deployment.Spec.Replicas = 1);
        var plan = await PlanAsync(world, ProductionNames.Pooler);
        Assert.DoesNotContain(plan.Warnings, warning => warning.Contains("outage", StringComparison.Ordinal) || warning.Contains("Budget", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trap_the_strategy_Recreate_is_an_outage()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.SomebodyChanges(ProductionNames.Deployment, deployment => deployment.Spec.Strategy = new() { Type = "Recreate" });
        Assert.Contains((await PlanAsync(world)).Warnings, warning => warning.StartsWith("Its strategy is Recreate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pods_that_are_not_ready_do_not_stay_ready()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        var plan = await PlanAsync(world);
        Assert.Equal("3 pods are replaced, none stays ready meanwhile", plan.BlastRadius);
        Assert.Contains(plan.Warnings, warning => warning.StartsWith("Only 0 of 3 pods are ready now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_budget_that_may_not_be_read_is_said_and_stops_nothing()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.Sandbox.Forbid("list", "poddisruptionbudgets");
        Assert.Contains((await PlanAsync(world)).Warnings, warning => warning.StartsWith("Whether a PodDisruptionBudget", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_paused_deployment_and_one_without_pods_are_refused()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.SomebodyChanges(deployment => deployment.Spec.Paused = true);
        Assert.Equal(FailureKind.DeploymentPaused, await RolloutWorld.FailureOf(() => PlanAsync(world, force: true)));
        world.SomebodyChanges(ProductionNames.GreenDeployment, deployment => deployment.Spec.Replicas = 0);
        Assert.Equal(FailureKind.NothingToDo, await RolloutWorld.FailureOf(() => PlanAsync(world, ProductionNames.GreenDeployment, force: true)));
        Assert.Equal(FailureKind.DeploymentNotFound, await RolloutWorld.FailureOf(() => PlanAsync(world, "nobody")));
    }

    [Fact]
    public async Task Argo_CD_owns_the_deployment_is_refused_and_under_force_a_warning()
    {
        await using var world = await RolloutWorld.StartAsync("argo-cd");
        Assert.Equal(FailureKind.ObjectManagedElsewhere, await RolloutWorld.FailureOf(() => PlanAsync(world)));
        Assert.Contains((await PlanAsync(world, force: true)).Warnings, warning => warning.StartsWith("Argo CD", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Twice_restarts_twice()
    {
        await using var world = await RolloutWorld.StartAsync();
        var first = await PlanAsync(world);
        await world.ApplyAsync(first, wait: false);
        var second = await PlanAsync(world);
        Assert.NotEqual(second.Changes[0].Before, second.Changes[0].After);
        Assert.Equal(first.Changes[0].After, second.Changes[0].Before);
    }

    [Fact]
    public async Task A_change_between_the_plan_and_the_yes_stops_it()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await PlanAsync(world);
        KubectlRestarts(world);
        Assert.Equal(FailureKind.ObjectChanged, await RolloutWorld.FailureOf(() => world.ApplyAsync(plan)));
        Assert.Empty(world.Sandbox.Writes);
    }

    [Fact]
    public async Task A_lost_answer_is_read_back_and_the_restart_is_followed()
    {
        await using var world = await RolloutWorld.StartAsync("api-lost-answer");
        var result = await world.ApplyAsync(await PlanAsync(world));
        Assert.Equal((true, 3), (result.Verified, result.ReadyReplicas));
        Assert.Single(world.Sandbox.Writes);
    }

    [Fact]
    public async Task It_cannot_be_undone()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await PlanAsync(world);
        await world.ApplyAsync(plan, wait: false);
        Assert.Equal(FailureKind.MitigationNotReversible, await RolloutWorld.FailureOf(() => world.UndoAsync(plan.Id)));
    }

    [Fact]
    public async Task New_pods_that_do_not_become_ready_are_named_at_the_deadline()
    {
        await using var world = await RolloutWorld.StartAsync("crash-loop");
        var plan = await PlanAsync(world);
        Assert.Contains(plan.Warnings, warning => warning.StartsWith("Only 0 of 3 pods are ready now", StringComparison.Ordinal));
        var failure = await world.OverdueAsync(plan with { Deadline = TimeSpan.FromSeconds(6) }, () => world.Sandbox.Store.All<V1Pod>(ResourceKinds.Pods, ProductionNames.Namespace)
            .Any(pod => pod.Metadata.Annotations?.TryGetValue(Annotation, out var stamp) == true && stamp == plan.Changes[0].After));
        Assert.Equal(FailureKind.RolloutTimeout, failure.Kind);
        Assert.Contains("Pod malaria-predictor-api-", failure.Message, StringComparison.Ordinal);
        Assert.Equal(MitigationState.Done, await world.StateOf(plan.Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Trap_a_restart_makes_a_revision_that_the_emergency_rollback_passes_over(bool byKubectl)
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        if (byKubectl)
        {
            KubectlRestarts(world);
        }
        else
        {
            await world.ApplyAsync(await PlanAsync(world), wait: false);
        }

        await world.Sandbox.WaitAsync(() => world.Deployment.Metadata.Annotations["deployment.kubernetes.io/revision"] == "5", CancellationToken.None);
        var rollback = await world.PlanAsync();
        Assert.Contains(rollback.Changes, change => change.Field == "image of container api" && change.After == Good);
        Assert.Contains(rollback.Reasons, reason => reason.StartsWith("revision 4 was passed over: it keeps the image", StringComparison.Ordinal));
        Assert.Equal(Good, (await world.ApplyAsync(rollback)).Image);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Trap_a_restart_after_a_rollback_does_not_make_the_next_rollback_go_further_back(bool byKubectl)
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        await world.ApplyAsync(await world.PlanAsync());
        if (byKubectl)
        {
            KubectlRestarts(world);
        }
        else
        {
            await world.ApplyAsync(await PlanAsync(world), wait: false);
        }

        await world.Sandbox.WaitAsync(() => world.Deployment.Metadata.Annotations["deployment.kubernetes.io/revision"] == "6", CancellationToken.None);
        Assert.Equal(FailureKind.NothingToDo, await RolloutWorld.FailureOf(() => world.PlanAsync()));
        Assert.Equal(Good, world.Api.Image);
    }
}
