using MalariaIncident;
using MalariaIncident.Sandbox;
using MalariaIncident.Sandbox.Databases;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Postgres;

/// <summary>The database through the Kubernetes API: the primary is found by its own word, and everything that can be done directly can be done this way.</summary>
public sealed class PodWayTests(PodWorld pods) : IClassFixture<PodWorld>
{
    private SandboxWorld World => pods.World;

    [SkippableFact]
    public async Task Postgres_0_is_a_standby_and_the_primary_behind_it_is_found()
    {
        var room = pods.RoomOf("statefulset/postgres");
        await using var session = await Session.OpenAsync(World.Database!.ConnectionString);

        var connections = await room.Databases.GetConnectionsAsync(room.Scope, CancellationToken.None).ToListAsync();

        Assert.NotEmpty(connections);
        Assert.All(connections, group => Assert.False(group.Standby));
        Assert.All(connections, group => Assert.Equal($"{ProductionNames.Namespace}/postgres-1:5432", group.Server));
        Assert.All(connections, group => Assert.Equal("Kubernetes API, inside it none", group.Encryption));
        // The standby may still be on its way, or come again.
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await pods.AskAsync<long>("SELECT count(*) FROM pg_stat_replication") != 1)
        {
            await Task.Delay(50, deadline.Token);
        }
    }

    [SkippableTheory]
    [InlineData("service/postgres")]
    [InlineData("app=postgres:5432")]
    [InlineData("pod/postgres-1")]
    public async Task Pods_can_be_named_in_several_ways(string target)
    {
        var room = pods.RoomOf(target);
        await using var session = await room.Connector.OpenAsync(
            room.Resolved, MalariaIncident.Engine.Postgres.Connections.SessionUse.Read, room.Connector.DeadlineOf(room.Resolved), CancellationToken.None);
        Assert.False(session.Facts.IsStandby);
    }

    [SkippableFact]
    public async Task One_pod_by_name_is_taken_as_it_is_and_said_to_be_a_standby()
    {
        var room = pods.RoomOf("pod/postgres-0");
        await using var session = await Session.OpenAsync(World.Standby!.ConnectionString);

        var connections = await room.Databases.GetConnectionsAsync(room.Scope, CancellationToken.None).ToListAsync();

        Assert.All(connections, group => Assert.True(group.Standby));
    }

    [SkippableFact]
    public async Task Blockers_are_found_and_stopped_through_it()
    {
        var room = pods.RoomOf("statefulset/postgres");
        await using var stuck = await StuckQueries.OpenAsync(World.Database!.ConnectionString, new() { Victims = 2 }, CancellationToken.None);

        var tree = await room.Databases.GetLocksAsync(room.Scope, CancellationToken.None).ToListAsync();
        var stopped = await room.StopAsync(tree.Single(entry => entry.RootBlocker).Session!);

        Assert.Equal(QueryOutcome.Terminated, stopped[stuck.Blocker]);
        Assert.Empty(World.Writes);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("job/postgres")]
    [InlineData("statefulset/postgres:port")]
    public async Task What_names_no_pods_is_refused_with_how_to_write_it(string target)
    {
        var failure = await Assert.ThrowsAsync<IncidentException>(new Room("host=x") { Scope = new() { ConnectionString = "host=x", Pods = target } }.FindAllAsync);

        Assert.Equal(FailureKind.ArgumentInvalid, failure.Kind);
        Assert.Contains("statefulset/postgres", failure.Advice, StringComparison.Ordinal);
    }
}
