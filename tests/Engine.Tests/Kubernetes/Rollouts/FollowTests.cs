using System.Diagnostics;
using System.Text.Json.Nodes;
using Engine.Tests.Http;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Sandbox.Faults;
using MalariaIncident.Sandbox.World;
using Microsoft.AspNetCore.Http;

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
        // The rollout does not end before its deadline of minutes.
        Assert.InRange(clock.Elapsed, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(30));
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
    [InlineData("Progressing", "False", "ProgressDeadlineExceeded")]
    [InlineData("ReplicaFailure", "True", "FailedCreate")]
    public async Task What_the_controller_said_of_the_release_before_is_no_verdict_on_this_one(string type, string status, string reason)
    {
        var steps = await StepsAsync(look => look < 3 ? Judged(type, status, reason) : Cluster.Deployment(Cluster.Template("api:1")));
        Assert.NotNull(steps[^1].Completed);
    }

    [Theory]
    [InlineData("Progressing", "False", "ProgressDeadlineExceeded", "The cluster has given up waiting for it.")]
    [InlineData("ReplicaFailure", "True", "FailedCreate", "The cluster refuses to make its pods: exceeded quota.")]
    public async Task What_the_controller_goes_on_to_say_is_one(string type, string status, string reason, string words)
    {
        var failure = await Assert.ThrowsAsync<IncidentException>(() => StepsAsync(_ => Judged(type, status, reason)));
        Assert.Equal(FailureKind.RolloutFailed, failure.Kind);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    private static DeploymentSnapshot Judged(string type, string status, string reason) => Cluster.Deployment(Cluster.Template("api:1"), deployment =>
    {
        deployment["status"]!["availableReplicas"] = 2;
        deployment["status"]!["conditions"] = new JsonArray(new JsonObject { ["type"] = type, ["status"] = status, ["reason"] = reason, ["message"] = "exceeded quota" });
    });

    /// <summary>Follows a deployment that is another one at each look.</summary>
    private static async Task<IReadOnlyList<RolloutStep>> StepsAsync(Func<int, DeploymentSnapshot> deployment)
    {
        var looks = 0;
        var clock = new LookClock();
        await using var server = await HealthServer.StartAsync((context, stopping) =>
        {
            context.Response.ContentType = "application/json";
            if (!context.Request.Path.Value!.EndsWith("/deployments/api", StringComparison.Ordinal))
            {
                return context.Response.WriteAsync("""{"kind":"List","items":[]}""", stopping);
            }

            clock.Seconds = looks + 1;
            return context.Response.WriteAsync(deployment(looks++).Content.ToJsonString(), stopping);
        });
        using var file = new KubeConfigFile(server.Uri);
        using var connections = new ClusterConnections();
        var reader = new DeploymentReader(await connections.OpenAsync(file.Scope(), CancellationToken.None), "api", TimeSpan.FromMinutes(1));
        var goal = deployment(0);
        var steps = new List<RolloutStep>();
        await foreach (var step in new RolloutFollower(clock).FollowAsync(
            reader, new(goal.Uid, goal.Template.Fingerprint, goal.Template.Images), RolloutWorld.Generous, CancellationToken.None))
        {
            steps.Add(step);
        }

        return steps;
    }

    /// <summary>A second passes from look to look, however long that takes.</summary>
    private sealed class LookClock : TimeProvider
    {
        public volatile int Seconds;

        public override long GetTimestamp() => Seconds * TimestampFrequency;
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
