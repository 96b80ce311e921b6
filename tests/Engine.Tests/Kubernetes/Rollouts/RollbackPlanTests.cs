using MalariaIncident;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>A bad release for tests that only look.</summary>
public sealed class BadReleaseWorld : IAsyncLifetime
{
    internal RolloutWorld World { get; private set; } = null!;

    public async Task InitializeAsync() => World = await RolloutWorld.StartAsync("bad-release");

    public async Task DisposeAsync() => await World.DisposeAsync();
}

/// <summary>What is read and planned; nothing here changes the cluster.</summary>
public sealed class RollbackPlanTests(BadReleaseWorld sandbox) : IClassFixture<BadReleaseWorld>
{
    [Fact]
    public async Task A_named_revision_is_taken_at_its_word_with_a_warning_where_it_keeps_the_bad_image()
    {
        var world = sandbox.World;
        var plan = await world.PlanAsync(toRevision: 3);
        Assert.Contains(plan.Warnings, warning => warning.Contains("keeps the image that runs now", StringComparison.Ordinal));
        Assert.Equal(FailureKind.RevisionNotFound, await RolloutWorld.FailureOf(() => world.PlanAsync(toRevision: 9)));
        Assert.Equal(FailureKind.ArgumentInvalid, await RolloutWorld.FailureOf(() => world.PlanAsync(toRevision: 0)));
    }

    [Fact]
    public async Task The_history_shows_life_cause_difference_and_the_verdict_of_every_revision()
    {
        var world = sandbox.World;
        var history = await world.HistoryAsync();
        Assert.Equal([4, 3, 2, 1], history.Select(revision => revision.Revision));
        Assert.Equal([true, false, false, false], history.Select(revision => revision.Current));
        Assert.Equal([false, false, true, false], history.Select(revision => revision.RollbackTarget));
        Assert.Equal("log less", history[2].Cause);
        Assert.InRange(history[2].LiveFor!.Value.TotalHours, 47, 73);
        Assert.Contains(history[2].Changes, change => change.Field == "image of container api");
        Assert.Empty(history[0].Changes);
        Assert.All(history, revision => Assert.False(string.IsNullOrEmpty(revision.Verdict)));
        Assert.Empty(world.Sandbox.Writes);
    }

    [Fact]
    public async Task An_unknown_deployment_is_said_to_be_unknown()
    {
        var world = sandbox.World;
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.Mitigations.PlanAsync(
            new RollbackRequest { Scope = world.Scope with { Deployment = "nobody" } }, CancellationToken.None));
        Assert.Equal(FailureKind.DeploymentNotFound, failure.Kind);
        Assert.Equal("nobody", failure.Subject);
        Assert.Contains($"{ProductionNames.Deployment}, ", failure.Advice, StringComparison.Ordinal);
        Assert.StartsWith($"Namespace {ProductionNames.Namespace} has ", failure.Advice, StringComparison.Ordinal);
    }
}
