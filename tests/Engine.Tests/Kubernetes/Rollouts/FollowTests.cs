using System.Diagnostics;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Sandbox.Faults;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>A rollout is followed to its end, whatever the API does meanwhile.</summary>
public sealed class FollowTests
{
    private static bool IsWatch(MalariaIncident.Sandbox.RecordedRequest request) => request.Query.Contains("watch=true", StringComparison.Ordinal);

    [Fact]
    public async Task A_watch_is_a_hint_and_a_read_is_the_truth()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.DegradeAsync(["EXPORT"], 3);
        world.Sandbox.Inject("no-watch", new ApiFault { Kind = ApiFaultKind.StatusCode, StatusCode = 410, Matches = IsWatch });
        Assert.True((await world.ApplyAsync(plan)).Verified);
    }

    [Fact]
    public async Task An_API_server_that_is_away_for_a_while_does_not_end_it()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.DegradeAsync(["EXPORT"], 3);
        var away = false;
        var result = await world.ApplyAsync(plan, onStep: step =>
        {
            if (step.Phase == MitigationPhase.Following && !away)
            {
                away = true;
                world.Sandbox.Inject("away", new ApiFault { Kind = ApiFaultKind.Reset, Matches = request => request.Method == "GET", Count = 7 });
            }
        });
        Assert.True(away);
        Assert.True(result.Verified);
    }

    [Fact]
    public async Task An_API_server_that_fails_for_a_while_does_not_end_it()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.DegradeAsync(["EXPORT"], 2);
        var failing = false;
        var result = await world.ApplyAsync(plan, onStep: step =>
        {
            if (step.Phase == MitigationPhase.Following && !failing)
            {
                failing = true;
                world.Sandbox.Inject("failing", new ApiFault { Kind = ApiFaultKind.StatusCode, StatusCode = 503, Matches = request => request.Method == "GET" && !IsWatch(request), Count = 6 });
            }
        });
        Assert.True(failing);
        Assert.True(result.Verified);
    }

    [Fact]
    public async Task Too_many_requests_are_waited_for_on_the_patch_as_well()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.DegradeAsync(["EXPORT"], 3);
        world.Sandbox.Inject("busy", new ApiFault { Kind = ApiFaultKind.TooManyRequests, RetryAfter = "0", Matches = request => request.Method == "PATCH", Count = 2 });
        await world.ApplyAsync(plan, wait: false);
        Assert.Equal([429, 429, 200], world.Sandbox.Writes.Select(write => write.StatusCode));
    }

    [Fact]
    public async Task A_patch_answered_with_500_is_read_back()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.DegradeAsync(["EXPORT"], 3);
        world.Sandbox.Inject("failing", new ApiFault { Kind = ApiFaultKind.StatusCode, StatusCode = 500, Matches = request => request.Method == "PATCH", Count = 1 });
        Assert.Equal(FailureKind.ChangeNotMade, await RolloutWorld.FailureOf(() => world.ApplyAsync(plan)));
        world.Sandbox.Inject("truncated", new ApiFault { Kind = ApiFaultKind.TruncatedJson, Matches = request => request.Method == "PATCH", Count = 1 });
        Assert.NotNull(await world.ApplyAsync(await world.DegradeAsync(["EXPORT"], 3), wait: false));
        Assert.Equal(2, world.Sandbox.Writes.Count);
    }

    [Fact]
    public async Task Ctrl_C_while_it_rolls_out_leaves_at_once_and_the_record_says_that_it_stays_in_force()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Image = $"{ProductionNames.Image}:1.5.5-notready");
        var plan = await world.DegradeAsync(["EXPORT"], 3);
        using var stop = new CancellationTokenSource();
        var clock = new Stopwatch();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var step in world.Mitigations.ApplyAsync(plan, new ApplyOptions(), stop.Token))
            {
                if (step.Phase == MitigationPhase.Following)
                {
                    clock.Start();
                    await stop.CancelAsync();
                }
            }
        });
        Assert.InRange(clock.Elapsed, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10));
        Assert.Equal(MitigationState.InForce, await world.StateOf(plan.Id));
        Assert.Contains("stays in force", world.Journal.Events[^1].Text);
    }

    [Fact]
    public async Task A_lost_outcome_that_is_found_out_later_even_after_others_went_on()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.DegradeAsync(["EXPORT"], 3);
        await world.ApplyAsync(plan);
        world.SomebodyChanges(deployment =>
        {
            deployment.Metadata.Annotations.Remove(DeploymentChange.MitigationAnnotation);
            deployment.Spec.Template.Spec.Containers[0].Image = $"{ProductionNames.Image}:1.5.4";
        });
        Assert.Equal(MalariaIncident.Engine.Mitigations.ReadBack.Applied, await world.ReadBackAsync(plan));
        var never = await world.DegradeAsync(["OTHER"], 3);
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Image = $"{ProductionNames.Image}:1.5.6");
        Assert.Equal(MalariaIncident.Engine.Mitigations.ReadBack.NotApplied, await world.ReadBackAsync(never));
    }

    [Theory]
    [InlineData(4, 3, 4, 3, 3, 3, "the cluster has taken the change", 0)]
    [InlineData(4, 4, 4, 1, 3, 3, "0 of 3 ready", 0)]
    [InlineData(4, 4, 4, 2, 4, 3, "2 of 3 ready", 66)]
    [InlineData(4, 4, 3, 3, 3, 2, "3 of 3 ready", 99)]
    [InlineData(4, 4, 3, 3, 3, 3, "3 of 3 ready", 100)]
    public void Old_pods_that_are_still_ready_are_not_counted_as_new(int generation, int observed, int running, int updated, int ready, int available, string activity, int percent)
    {
        var step = RolloutFollower.Step(Cluster.Deployment(Cluster.Template("api:1"), deployment =>
        {
            deployment["metadata"]!["generation"] = generation;
            var status = deployment["status"]!;
            (status["observedGeneration"], status["replicas"], status["updatedReplicas"], status["readyReplicas"], status["availableReplicas"]) = (observed, running, updated, ready, available);
        }));
        Assert.Equal((activity, percent, percent == 100), (step.Activity, step.Percent, step.Completed is not null));
    }
}
