using System.Diagnostics;
using MalariaIncident;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Sandbox;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Postgres;

/// <summary>What can go wrong on the way through the Kubernetes API: a world each, since none survives it.</summary>
public sealed class PodTroubleTests : IAsyncLifetime, IDisposable
{
    private readonly PodWorld _pods = new();

    private SandboxWorld World => _pods.World;

    public Task InitializeAsync() => _pods.InitializeAsync();

    public Task DisposeAsync() => _pods.DisposeAsync();

    public void Dispose() => _pods.Dispose();

    [SkippableFact]
    public async Task Without_the_right_to_forward_the_verb_and_the_resource_are_named()
    {
        var room = _pods.RoomOf("statefulset/postgres");
        World.Forbid("create", "pods/portforward");

        var failure = await Assert.ThrowsAsync<IncidentException>(room.FindAllAsync);

        Assert.Equal(FailureKind.ClusterForbidden, failure.Kind);
        Assert.Contains("cannot create resource \"pods/portforward\"", failure.Message, StringComparison.Ordinal);
        Assert.Contains("get and create on pods/portforward", failure.Advice, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Where_no_pod_is_a_primary_it_is_said_what_each_of_them_is()
    {
        var room = _pods.RoomOf("statefulset/postgres");
        World.PortForward.Backends[("postgres-1", 5432)] = FreePort.Take();

        var failure = await Assert.ThrowsAsync<IncidentException>(room.FindAllAsync);

        Assert.Equal(FailureKind.DatabasePrimaryMissing, failure.Kind);
        Assert.Contains("postgres-0 is a standby; postgres-1 does not answer", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.Message.Contains("connection refused", StringComparison.Ordinal), failure.Message);
        Assert.Contains("-DatabasePods pod/postgres-0", failure.Advice, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_pod_that_dies_in_the_middle_is_a_lost_connection_and_the_deadline_holds_on_one_that_freezes()
    {
        var room = _pods.RoomOf("statefulset/postgres", TimeSpan.FromMinutes(5));
        Task<PostgresSession> OpenAsync() => room.Connector.OpenAsync(room.Resolved, SessionUse.Read, room.Connector.DeadlineOf(room.Resolved), CancellationToken.None);
        await using (var session = await OpenAsync())
        {
            World.Database!.Freeze();
            // Whoever overlooks the deadline waits for the thaw that comes after this.
            var clock = Stopwatch.StartNew();
            var slow = await Assert.ThrowsAsync<IncidentException>(
                () => session.QueryAsync("SELECT 1", _ => { }, row => row.GetInt32(0), new Deadline(TimeSpan.FromSeconds(2), TimeProvider.System), CancellationToken.None));
            Assert.Equal(FailureKind.DatabaseTimeout, slow.Kind);
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), $"took {clock.Elapsed}");
            World.Database.Thaw();
        }

        await using var second = await OpenAsync();
        World.Database.Kill();
        var lost = await Assert.ThrowsAsync<IncidentException>(() => second.QueryAsync("SELECT 1", _ => { }, row => row.GetInt32(0), CancellationToken.None));
        Assert.Equal(FailureKind.DatabaseUnreachable, lost.Kind);
    }

    [SkippableFact]
    public async Task A_pod_that_does_not_answer_does_not_hide_the_primary()
    {
        // Whoever waits for the one that does not answer waits as long as this.
        var room = _pods.RoomOf("statefulset/postgres", TimeSpan.FromMinutes(5));
        World.Standby!.Freeze();
        var clock = Stopwatch.StartNew();

        await room.FindAllAsync();

        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), $"took {clock.Elapsed}");
        World.Standby.Thaw();
    }
}
