using k8s.Models;
using MalariaIncident;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>Two deployments rolled back together: all planned before one is sent, and each with its own end.</summary>
public sealed class SeveralRollbackTests
{
    private static readonly string[] Both = [ProductionNames.Deployment, ProductionNames.GreenDeployment];

    private static readonly string[] GoodTags = [ProductionNames.GoodTag, "1.4.1"];

    private static bool IsOnItsWay(MitigationStep step) => step.Failure is not null || step.Progress?.Phase == MitigationPhase.Following;

    private static Task<IReadOnlyList<MitigationPlan>> PlanAsync(RolloutWorld world, params string[] deployments) => world.Mitigations.PlanAllAsync(
        [.. deployments.Select(name => new RollbackRequest { Scope = world.Scope with { Deployment = name }, Deadline = RolloutWorld.Generous })], CancellationToken.None);

    private static async Task<IReadOnlyList<MitigationStep>> ApplyAsync(RolloutWorld world, IReadOnlyList<MitigationPlan> plans)
    {
        // None of them comes to its end before each is on its way.
        using var held = world.HoldUnready(GoodTags);
        var following = new HashSet<string>(StringComparer.Ordinal);
        var steps = new List<MitigationStep>();
        await foreach (var step in world.Mitigations.ApplyAllAsync(plans, new ApplyOptions(), CancellationToken.None))
        {
            steps.Add(step);
            if (IsOnItsWay(step) && following.Add(step.Plan.Id) && following.Count == plans.Count)
            {
                held.Dispose();
            }
        }

        return steps;
    }

    private static string Image(RolloutWorld world, string deployment) => world.Sandbox.Store.Find(ResourceKinds.Deployments, ProductionNames.Namespace, deployment)!
        .As<V1Deployment>().Spec.Template.Spec.Containers[0].Image.Split(':')[1];

    [Fact]
    public async Task Both_go_back_at_the_same_time_each_with_its_own_record_and_result()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release", "bad-release-green");
        var plans = await PlanAsync(world, Both);
        Assert.Empty(world.Sandbox.Writes);
        var steps = await ApplyAsync(world, plans);
        var results = steps.Select(step => step.Progress?.Result).OfType<DeploymentChangeResult>().ToList();
        Assert.Equal(Both, results.Select(result => result.Deployment).Order());
        Assert.All(results, result => Assert.True(result.Verified));
        Assert.Equal(("1.4.2", "1.4.1"), (Image(world, Both[0]), Image(world, Both[1])));
        // The second began before the first had ended.
        var finished = steps.ToList().FindIndex(step => step.Progress?.Result is not null);
        Assert.Equal(2, steps.Take(finished).Select(step => step.Plan.Id).Distinct().Count());
        foreach (var plan in plans)
        {
            Assert.Equal(MitigationState.InForce, await world.StateOf(plan.Id));
        }

        world.MendBadRelease();
        await world.UndoAsync(plans[1].Id);
        Assert.Equal(("1.4.2", "1.5.0"), (Image(world, Both[0]), Image(world, Both[1])));
    }

    [Fact]
    public async Task One_that_cannot_be_planned_keeps_all_from_being_sent_and_is_named()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => PlanAsync(world, Both));
        Assert.Equal(FailureKind.RollbackTargetMissing, failure.Kind);
        Assert.StartsWith("Nothing was sent: 1 of 2 cannot be planned. malaria-predictor-api-green: ", failure.Message, StringComparison.Ordinal);
        Assert.Equal([ProductionNames.GreenDeployment], Assert.IsType<string[]>(failure.Subject));
        Assert.Empty(world.Sandbox.Writes);
        Assert.Equal(FailureKind.DeploymentNotFound, (await Assert.ThrowsAsync<IncidentException>(() => PlanAsync(world, Both[0], "nobody"))).Kind);
    }

    [Fact]
    public async Task One_that_fails_does_not_hide_the_other()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release", "bad-release-green");
        var plans = await PlanAsync(world, Both);
        world.SomebodyChanges(Both[1], deployment => deployment.Spec.Template.Spec.Containers[0].Image += "-hotfix");
        var steps = await ApplyAsync(world, plans);
        var failed = Assert.Single(steps, step => step.Failure is not null);
        Assert.Equal((plans[1].Id, FailureKind.ObjectChanged), (failed.Plan.Id, failed.Failure!.Kind));
        Assert.True(Assert.Single(steps.Select(step => step.Progress?.Result).OfType<DeploymentChangeResult>()).Verified);
        Assert.Equal((MitigationState.InForce, MitigationState.Failed), (await world.StateOf(plans[0].Id), await world.StateOf(plans[1].Id)));
    }

    [Fact]
    public async Task The_same_deployment_twice_is_rolled_back_once_and_to_two_revisions_refused()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        Assert.Single(await PlanAsync(world, Both[0], Both[0]));
        RollbackRequest[] contradiction = [.. new long[] { 1, 2 }.Select(revision => new RollbackRequest { Scope = world.Scope, ToRevision = revision })];
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.Mitigations.PlanAllAsync(contradiction, CancellationToken.None));
        Assert.Equal(FailureKind.ArgumentInvalid, failure.Kind);
        Assert.Contains("is named twice", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_ends_both_with_an_honest_record()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release", "bad-release-green");
        var plans = await PlanAsync(world, Both);
        using var held = world.HoldUnready(GoodTags);
        var following = new HashSet<string>(StringComparer.Ordinal);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var step in world.Mitigations.ApplyAllAsync(plans, new ApplyOptions(), stop.Token))
            {
                if (IsOnItsWay(step) && following.Add(step.Plan.Id) && following.Count == 2)
                {
                    await stop.CancelAsync();
                }
            }
        });
        foreach (var plan in plans)
        {
            Assert.Equal(MitigationState.InForce, await world.StateOf(plan.Id));
        }
    }
}
