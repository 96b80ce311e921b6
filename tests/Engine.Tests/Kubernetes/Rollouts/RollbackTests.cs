using System.Text.Json.Nodes;
using k8s.Models;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Sandbox.Faults;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>The emergency rollback against the sandbox, through the whole mechanism.</summary>
public sealed class RollbackTests
{
    private const string Good = $"{ProductionNames.Image}:{ProductionNames.GoodTag}";
    private const string Bad = $"{ProductionNames.Image}:1.5.0";

    [Fact]
    public async Task A_bad_release_goes_back_to_the_last_healthy_image_and_the_service_answers()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        var plan = await world.PlanAsync();
        Assert.Empty(world.Sandbox.Writes);
        Assert.Empty(world.Journal.Events);
        Assert.Contains(plan.Changes, change => change.Field == "image of container api" && change.Before == Bad && change.After == Good);
        Assert.Contains(plan.Changes, change => change.Field == "LOG_LEVEL of container api" && change.Before == "debug" && change.After == "info");
        Assert.Contains(plan.Reasons, reason => reason.StartsWith("revision 3 was passed over: it keeps the image", StringComparison.Ordinal));
        // No new pod is ready before a look has found none.
        using var held = world.HoldUnready(ProductionNames.GoodTag);
        var seen = new List<string>();
        var result = await world.ApplyAsync(plan, onStep: step =>
        {
            seen.Add(step.Activity);
            if (step.Activity == "0 of 3 ready")
            {
                held.Dispose();
            }
        });
        Assert.True(result.Verified);
        Assert.Equal((4L, 5L, Good, 3), (result.FromRevision, result.ToRevision, result.Image, result.ReadyReplicas));
        Assert.Contains("0 of 3 ready", seen);
        Assert.Equal("3 of 3 ready", seen[^1]);
        Assert.Equal([EventKind.ActionIntended, EventKind.ActionSucceeded, EventKind.Verified], world.Journal.Kinds);
    }

    [Fact]
    public async Task One_patch_tests_uid_and_resource_version_and_keeps_the_teams_annotations()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        world.SomebodyChanges(deployment => deployment.Metadata.Annotations["team.example/owner"] = "predictions");
        var plan = await world.PlanAsync();
        await world.ApplyAsync(plan, wait: false);
        var patch = Assert.Single(world.Sandbox.Writes);
        var operations = JsonNode.Parse(patch.Body)!.AsArray();
        Assert.Equal(
            ["test /metadata/uid", "test /metadata/resourceVersion", "replace /spec/template",
                "add /metadata/annotations/malaria-incident~1mitigation", "add /metadata/annotations/kubernetes.io~1change-cause"],
            operations.Select(operation => $"{operation!["op"]} {operation["path"]}"));
        Assert.Equal("application/json-patch+json", patch.ContentType);
        var annotations = world.Deployment.Metadata.Annotations;
        Assert.Equal("predictions", annotations["team.example/owner"]);
        Assert.Equal($"log less; rolled back to by {plan.Id} for INC-2026-0042", annotations["kubernetes.io/change-cause"]);
    }

    [Fact]
    public async Task A_second_rollback_does_not_redeploy_the_bad_release()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        await world.ApplyAsync(await world.PlanAsync());
        Assert.Equal(FailureKind.NothingToDo, await RolloutWorld.FailureOf(() => world.PlanAsync()));
        Assert.Equal(Good, world.Api.Image);
    }

    [Fact]
    public async Task Undo_puts_the_very_template_back_that_was_replaced()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        var before = k8s.KubernetesJson.Serialize(world.Deployment.Spec.Template);
        var plan = await world.PlanAsync();
        await world.ApplyAsync(plan, wait: false);
        var undo = await world.Mitigations.PlanUndoAsync(plan.Id, world.Scope, false, CancellationToken.None);
        await world.ApplyAsync(undo, wait: false);
        Assert.Equal(before, k8s.KubernetesJson.Serialize(world.Deployment.Spec.Template));
        Assert.Equal(MitigationState.Undone, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task What_somebody_changed_since_the_rollback_is_not_overwritten_by_its_undo()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        var plan = await world.PlanAsync();
        await world.ApplyAsync(plan, wait: false);
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Image = $"{ProductionNames.Image}:1.5.4");
        Assert.Equal(FailureKind.ObjectChanged, await RolloutWorld.FailureOf(() => world.UndoAsync(plan.Id)));
        var forced = await world.Mitigations.PlanUndoAsync(plan.Id, world.Scope, true, CancellationToken.None);
        Assert.Contains(forced.Warnings, warning => warning.Contains("1.5.4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_between_the_plan_and_the_yes_stops_it_and_says_what_moved()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        var plan = await world.PlanAsync();
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Image = $"{ProductionNames.Image}:1.5.4");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ApplyAsync(plan));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        Assert.Contains($"image of container api: {Bad} → {ProductionNames.Image}:1.5.4", failure.Message);
        Assert.Empty(world.Sandbox.Writes);
        Assert.Equal(MitigationState.Failed, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task A_change_between_reading_and_patching_fails_the_test_in_the_patch()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        var plan = await world.PlanAsync();
        var raced = 0;
        // The race: somebody's write lands after our last read, just before the patch is done.
        world.Sandbox.Inject("race", new ApiFault
        {
            Kind = ApiFaultKind.Reset,
            Matches = request =>
            {
                if (request.Method == "PATCH" && Interlocked.Exchange(ref raced, 1) == 0)
                {
                    world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Image = $"{ProductionNames.Image}:1.5.4");
                }

                return false;
            },
        });
        Assert.Equal(FailureKind.ObjectChanged, await RolloutWorld.FailureOf(() => world.ApplyAsync(plan)));
        Assert.Equal($"{ProductionNames.Image}:1.5.4", world.Api.Image);
    }

    [Fact]
    public async Task Pods_that_come_and_go_meanwhile_do_not_stop_it()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        var plan = await world.PlanAsync();
        var version = world.Deployment.Metadata.ResourceVersion;
        var raced = 0;
        world.Sandbox.Inject("status", new ApiFault
        {
            Kind = ApiFaultKind.Reset,
            Matches = request =>
            {
                if (request.Method == "PATCH" && Interlocked.Increment(ref raced) <= 2)
                {
                    world.StatusMoves();
                }

                return false;
            },
        });
        await world.ApplyAsync(plan, wait: false);
        Assert.Equal(3, world.Sandbox.Writes.Count);
        Assert.Equal(Good, world.Api.Image);
        Assert.NotEqual(version, world.Deployment.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task Argo_CD_would_revert_it_so_it_needs_force_and_warns()
    {
        await using var world = await RolloutWorld.StartAsync("argo-cd", "bad-release");
        Assert.Equal(FailureKind.ObjectManagedElsewhere, await RolloutWorld.FailureOf(() => world.PlanAsync()));
        Assert.Contains((await world.PlanAsync(force: true)).Warnings, warning => warning.StartsWith("Argo CD", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_paused_deployment_is_refused()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        world.SomebodyChanges(deployment => deployment.Spec.Paused = true);
        Assert.Equal(FailureKind.DeploymentPaused, await RolloutWorld.FailureOf(() => world.PlanAsync()));
    }

    [Fact]
    public async Task A_lost_answer_is_read_back_and_followed_to_the_end()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        var plan = await world.PlanAsync();
        await world.Sandbox.InjectAsync("api-lost-answer", CancellationToken.None);
        Assert.True((await world.ApplyAsync(plan)).Verified);
        Assert.Single(world.Sandbox.Writes);
        Assert.Equal(MitigationState.InForce, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task A_patch_cut_off_before_it_was_done_is_known_not_to_be_made()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        var plan = await world.PlanAsync();
        world.Sandbox.Inject("cut", new ApiFault { Kind = ApiFaultKind.Reset, Matches = request => request.Method == "PATCH", Count = 1 });
        Assert.Equal(FailureKind.ChangeNotMade, await RolloutWorld.FailureOf(() => world.ApplyAsync(plan)));
        Assert.Equal(Bad, world.Api.Image);
        Assert.Equal(MitigationState.Failed, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task Forbidden_is_said_as_such_and_nothing_is_changed()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        var plan = await world.PlanAsync();
        world.Sandbox.Forbid("patch", "deployments");
        Assert.Equal(FailureKind.ClusterForbidden, await RolloutWorld.FailureOf(() => world.ApplyAsync(plan)));
        Assert.Equal(Bad, world.Api.Image);
    }

    [Fact]
    public async Task A_rollout_that_crashes_names_pods_reasons_and_last_log_lines()
    {
        await using var world = await RolloutWorld.StartAsync(RolloutWorld.Fast, "bad-release");
        var plan = await world.PlanAsync();
        await world.Sandbox.InjectAsync("crash-loop", CancellationToken.None);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ApplyAsync(plan));
        Assert.Equal(FailureKind.RolloutFailed, failure.Kind);
        Assert.Matches(@"Pod malaria-predictor-api-[a-z0-9]+-[a-z0-9]{5} \(api\): (CrashLoopBackOff|Error)", failure.Message);
        Assert.Contains("its log ends: ", failure.Message);
        Assert.Equal(MitigationState.InForce, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task A_rollout_that_does_not_get_on_ends_at_its_deadline_and_says_what_it_waits_for()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Image = $"{ProductionNames.Image}:1.5.5-notready");
        world.Sandbox.Advance(TimeSpan.FromSeconds(5));
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Image = Good);
        world.Sandbox.Advance(TimeSpan.FromSeconds(5));
        var plan = await world.PlanAsync(toRevision: 3, deadline: TimeSpan.FromSeconds(5));
        var failure = await world.OverdueAsync(plan, () => world.Sandbox.Store.All<V1Pod>(ResourceKinds.Pods, ProductionNames.Namespace)
            .Any(pod => pod.Spec.Containers[0].Image.EndsWith("-notready", StringComparison.Ordinal) && pod.Status.Phase == "Running"));
        Assert.Equal(FailureKind.RolloutTimeout, failure.Kind);
        Assert.Contains("was not complete after 5 s", failure.Message);
        Assert.Contains("its readiness probe does not pass", failure.Message);
    }

    [Fact]
    public async Task Somebody_who_puts_the_bad_release_back_while_it_rolls_out_is_noticed()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        var plan = await world.PlanAsync();
        var template = world.Deployment.Spec.Template;
        using var held = world.HoldUnready(ProductionNames.GoodTag);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ApplyAsync(plan, onStep: step =>
        {
            if (step.Phase == MitigationPhase.Following)
            {
                world.SomebodyChanges(deployment => deployment.Spec.Template = template);
            }
        }));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        Assert.Contains("somebody replaced it while it rolled out", failure.Message);
    }

    [Fact]
    public async Task An_image_that_cannot_be_pulled_goes_back_to_the_one_whose_pods_still_serve()
    {
        await using var world = await RolloutWorld.StartAsync("image-pull");
        var plan = await world.PlanAsync();
        Assert.Contains("still has 2 ready pods", plan.Reasons[0]);
        Assert.True((await world.ApplyAsync(plan)).Verified);
    }

    [Fact]
    public async Task A_plan_names_no_secret_and_can_be_carried_out_by_another_session()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Env.Add(new k8s.Models.V1EnvVar { Name = "SMTP_PASSWORD", Value = "hunter2x" }));
        world.Sandbox.Advance(TimeSpan.FromSeconds(5));
        var plan = await world.PlanAsync();
        Assert.DoesNotContain("hunter2x", System.Text.Json.JsonSerializer.Serialize(plan), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2x", plan.Describe(), StringComparison.Ordinal);
    }
}
