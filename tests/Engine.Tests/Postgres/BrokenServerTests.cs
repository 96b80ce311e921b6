using System.Diagnostics;
using MalariaIncident;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Postgres;

/// <summary>Servers that freeze, die, refuse or are not there: one server each, since none survives it.</summary>
public sealed class BrokenServerTests : IAsyncLifetime
{
    private const string StubbornQuery = "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$";

    private readonly PostgresServer _postgres = new();

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public Task DisposeAsync() => _postgres.DisposeAsync();

    [SkippableFact]
    public async Task On_a_frozen_server_the_deadline_holds()
    {
        var room = new Room(_postgres.Server.ConnectionString, timeout: TimeSpan.FromSeconds(1));
        _postgres.Server.Freeze();

        var failure = await Promise.WithinAsync(TimeSpan.FromSeconds(3), () => Assert.ThrowsAsync<IncidentException>(room.FindAllAsync));

        Assert.Equal(FailureKind.DatabaseTimeout, failure.Kind);
    }

    [SkippableFact]
    public async Task On_a_server_that_freezes_in_the_middle_the_deadline_holds_and_a_stop_comes_back_at_once()
    {
        var room = new Room(_postgres.Server.ConnectionString, timeout: TimeSpan.FromMinutes(5));
        Task<PostgresSession> OpenAsync() => room.Connector.OpenAsync(room.Resolved, SessionUse.Read, room.Connector.DeadlineOf(room.Resolved), CancellationToken.None);
        await using var session = await OpenAsync();
        await using var another = await OpenAsync();
        _postgres.Server.Freeze();
        // Npgsql alone would wait for the frozen server, and so would the five minutes of the room.
        var clock = Stopwatch.StartNew();
        var slow = await Assert.ThrowsAsync<IncidentException>(
            () => session.QueryAsync("SELECT 1", _ => { }, row => row.GetInt32(0), new Deadline(TimeSpan.FromSeconds(1), TimeProvider.System), CancellationToken.None));
        Assert.Equal(FailureKind.DatabaseTimeout, slow.Kind);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => another.QueryAsync("SELECT 1", _ => { }, row => row.GetInt32(0), stop.Token));
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), $"took {clock.Elapsed}");
    }

    [SkippableFact]
    public async Task A_server_that_dies_between_two_signals_leaves_what_was_done_known_and_the_rest_unknown()
    {
        await using var first = await Session.OpenAsync(_postgres.Server.ConnectionString);
        await first.ExecuteAsync("BEGIN; SELECT 1");
        await using var second = await Session.OpenAsync(_postgres.Server.ConnectionString);
        await second.StartAsync(StubbornQuery, _postgres);
        var room = new Room(_postgres.Server.ConnectionString, timeout: TimeSpan.FromSeconds(20));
        // The first ends at once; the second is given a grace period, in which the server dies.
        var seen = await room.FindAllAsync();
        var stubborn = seen.Single(query => query.ProcessId == second.ProcessId);
        var idle = seen.Single(query => query.ProcessId == first.ProcessId);
        var plan = await room.PlanAsync(room.Request(idle, stubborn) with { GracePeriod = TimeSpan.FromSeconds(30) });

        var results = new Dictionary<int, QueryOutcome>();
        ActStep.Sent? sent = null;
        await foreach (var step in room.Act.SendAsync(plan, room.Resolved, CancellationToken.None))
        {
            if (step is ActStep.Part { Result: QueryStopResult result })
            {
                results[result.ProcessId] = result.Outcome;
                if (result.ProcessId == first.ProcessId)
                {
                    _postgres.Server.Kill();
                }
            }

            sent = step as ActStep.Sent ?? sent;
        }

        Assert.Equal(QueryOutcome.Terminated, results[first.ProcessId]);
        Assert.Equal(QueryOutcome.Unknown, results[second.ProcessId]);
        Assert.Equal(EventKind.ActionUnknown, sent!.Outcome);
        var unread = await Assert.ThrowsAsync<IncidentException>(() => room.Act.ReadBackAsync(plan, room.Resolved, CancellationToken.None));
        Assert.Equal(FailureKind.DatabaseUnreachable, unread.Kind);
    }

    [SkippableFact]
    public async Task The_next_command_after_our_connection_was_killed_works()
    {
        var room = new Room(_postgres.Server.ConnectionString);
        await room.FindAllAsync();
        await _postgres.Server.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'MalariaIncident'");

        Assert.Empty(await room.FindAllAsync());
        // No connection is kept. A backend ends a moment after its client has hung up.
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await _postgres.AskAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'MalariaIncident'") > 0)
        {
            await Task.Delay(20, deadline.Token);
        }
    }
}
