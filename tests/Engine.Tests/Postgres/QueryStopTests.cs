using MalariaIncident;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Postgres;

/// <summary>Stop-LongQuery's part of the traps and faults, on a real server.</summary>
public sealed class QueryStopTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private Room Room => new(postgres.Server.ConnectionString);

    [SkippableFact]
    public async Task A_blocker_that_is_idle_in_transaction_is_ended_and_its_victims_go_on()
    {
        await using var stuck = await StuckQueries.OpenAsync(postgres.Server.ConnectionString, new() { Victims = 2, Table = "freed", LongQuery = false }, CancellationToken.None);
        var room = Room;
        var root = await room.FindAsync(new() { RootBlockersOnly = true, ProcessIds = [stuck.Blocker] });

        var plan = await room.PlanAsync(room.Request(root));
        Assert.Contains("terminated at once", Assert.Single(plan.Changes).After, StringComparison.Ordinal);
        Assert.Contains(plan.Reasons, reason => reason.Contains("blocks 2 others", StringComparison.Ordinal));
        Assert.Null(plan.Undo);
        var stopped = await room.StopAsync(plan);

        Assert.Equal(QueryOutcome.Terminated, stopped[stuck.Blocker]);
        Assert.Equal(EventKind.ActionSucceeded, stopped.Sent.Outcome);
        while (await postgres.AskAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") > 0)
        {
            await Task.Delay(10);
        }
    }

    [SkippableFact]
    public async Task A_session_that_is_idle_and_keeps_an_advisory_lock_is_ended_and_after_another_statement_is_not()
    {
        await using var migration = await Session.OpenAsync(postgres.Server.ConnectionString);
        await migration.ExecuteAsync("SELECT pg_advisory_lock(4711)");
        await using var waiting = await Session.OpenAsync(postgres.Server.ConnectionString);
        await waiting.StartAsync("SELECT pg_advisory_lock(4711), 'waiting'", postgres);
        await waiting.WaitsAsync(postgres);
        var room = Room;
        var earlier = await room.FindAsync(new() { RootBlockersOnly = true, ProcessIds = [migration.ProcessId] });
        var old = await room.PlanAsync(room.Request(earlier));
        await migration.ExecuteAsync("SELECT 'at work again'");

        Assert.Equal(QueryOutcome.AlreadyGone, (await room.StopAsync(old))[migration.ProcessId]);
        var root = await room.FindAsync(new() { RootBlockersOnly = true, ProcessIds = [migration.ProcessId] });
        var stopped = await room.StopAsync(root);

        Assert.Equal(("idle", 1), (root[0].State, root[0].Blocks));
        Assert.Contains("terminated at once (idle", Assert.Single(old.Changes).After, StringComparison.Ordinal);
        Assert.Equal(QueryOutcome.Terminated, stopped[migration.ProcessId]);
        Assert.Null(await waiting.EndAsync());
    }

    [SkippableFact]
    public async Task A_query_is_cancelled_first_and_its_session_lives_on()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(70)", postgres);
        var room = Room;

        var stopped = await room.StopAsync(await room.FindAsync(new() { ProcessIds = [session.ProcessId] }));

        Assert.Equal(QueryOutcome.Cancelled, stopped[session.ProcessId]);
        Assert.Equal("57014", await session.EndAsync());
        await session.ExecuteAsync("SELECT 1");
    }

    [SkippableFact]
    public async Task A_session_that_catches_the_cancel_is_terminated_after_the_grace_period_and_with_cancel_only_still_running()
    {
        const string stubborn = "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$";
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.StartAsync(stubborn, postgres);
        var room = Room;
        var found = await room.FindAsync(new() { ProcessIds = [session.ProcessId] });

        var hurried = room.Request(found) with { GracePeriod = TimeSpan.FromMilliseconds(300) };
        var cancelled = await room.StopAsync(await room.PlanAsync(hurried with { CancelOnly = true }));
        Assert.Equal(QueryOutcome.StillRunning, cancelled[session.ProcessId]);
        Assert.Equal(EventKind.ActionFailed, cancelled.Sent.Outcome);

        var terminated = await room.StopAsync(await room.PlanAsync(hurried));
        Assert.Equal(QueryOutcome.Terminated, terminated[session.ProcessId]);
        Assert.True(terminated.Results[session.ProcessId].Duration >= TimeSpan.FromMilliseconds(300));
    }

    [SkippableFact]
    public async Task Pids_are_reused_so_another_session_under_the_same_pid_gets_no_signal()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(71)", postgres);
        var room = Room;
        var seen = (await room.FindAsync(new() { ProcessIds = [session.ProcessId] }))[0];
        var plan = await room.PlanAsync(room.Request(seen));
        // What the plan would say had the pid belonged to an older session, and to an earlier query of this one.
        var older = plan with { Instructions = ForOther(plan, "backendStart", seen.BackendStart.AddTicks(-10)) };
        var earlier = plan with { Instructions = ForOther(plan, "queryStart", seen.QueryStart!.Value.AddTicks(-10)) };

        Assert.Equal(QueryOutcome.AlreadyGone, (await room.StopAsync(older))[session.ProcessId]);
        Assert.Equal(QueryOutcome.AlreadyGone, (await room.StopAsync(earlier))[session.ProcessId]);

        Assert.Equal("active", await postgres.AskAsync<string>($"SELECT state FROM pg_stat_activity WHERE pid = {session.ProcessId}"));
        Assert.Equal(QueryOutcome.Cancelled, (await room.StopAsync(plan))[session.ProcessId]);
    }

    [SkippableFact]
    public async Task Work_that_ended_since_it_was_listed_is_nothing_to_do()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(69)", postgres);
        var room = Room;
        var seen = await room.FindAsync(new() { ProcessIds = [session.ProcessId] });
        await postgres.Server.ExecuteAsync($"SELECT pg_cancel_backend({session.ProcessId})");
        await session.EndAsync();

        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.PlanAsync(room.Request(seen)));

        Assert.Equal(FailureKind.NothingToDo, failure.Kind);
    }

    [SkippableFact]
    public async Task A_superusers_backend_is_refused_alone_and_the_others_are_stopped()
    {
        await postgres.Server.ExecuteAsync("CREATE ROLE stopper LOGIN PASSWORD 'pw' IN ROLE pg_monitor, pg_signal_backend; CREATE ROLE worker LOGIN PASSWORD 'pw'");
        await using var superuser = await Session.OpenAsync(postgres.Server.ConnectionString);
        await superuser.StartAsync("SELECT pg_sleep(72)", postgres);
        await using var worker = await Session.OpenAsync(postgres.Server.ConnectionStringFor("worker", "pw"));
        await worker.StartAsync("SELECT pg_sleep(73)", postgres);
        var room = new Room(postgres.Server.ConnectionStringFor("stopper", "pw"));

        var plan = await room.PlanAsync(room.Request(await room.FindAsync(new() { ProcessIds = [superuser.ProcessId, worker.ProcessId] })));
        var stopped = await room.StopAsync(plan);

        Assert.Contains(plan.Warnings, warning => warning.Contains("belongs to the superuser", StringComparison.Ordinal));
        Assert.Equal(QueryOutcome.Refused, stopped[superuser.ProcessId]);
        Assert.NotNull(stopped.Results[superuser.ProcessId].Detail);
        Assert.Equal(QueryOutcome.Cancelled, stopped[worker.ProcessId]);
        Assert.Equal(EventKind.ActionFailed, stopped.Sent.Outcome);
    }

    [SkippableFact]
    public async Task Without_pg_signal_backend_the_plan_is_refused_with_the_grant_that_is_missing()
    {
        await postgres.Server.ExecuteAsync("CREATE ROLE looker LOGIN PASSWORD 'pw' IN ROLE pg_monitor; CREATE ROLE victim LOGIN PASSWORD 'pw'");
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionStringFor("victim", "pw"));
        await session.StartAsync("SELECT pg_sleep(74)", postgres);
        var room = new Room(postgres.Server.ConnectionStringFor("looker", "pw"));
        var seen = await room.FindAsync(new() { ProcessIds = [session.ProcessId] });

        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.PlanAsync(room.Request(seen)));

        Assert.Equal(FailureKind.DatabaseForbidden, failure.Kind);
        Assert.Contains("GRANT pg_signal_backend TO \"looker\";", failure.Advice, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Walsenders_protected_users_and_ourselves_are_left_out_even_when_named()
    {
        await postgres.Server.ExecuteAsync("CREATE ROLE backup_nightly LOGIN PASSWORD 'pw'");
        await using var backup = await Session.OpenAsync(postgres.Server.ConnectionStringFor("backup_nightly", "pw"));
        await backup.StartAsync("SELECT pg_sleep(75)", postgres);
        await using var ours = await Session.OpenAsync(postgres.Server.ConnectionString, "MalariaIncident");
        await ours.StartAsync("SELECT pg_sleep(76)", postgres);
        await using var other = await Session.OpenAsync(postgres.Server.ConnectionString);
        await other.StartAsync("SELECT pg_sleep(77)", postgres);
        await using var replica = await Walsender.StartAsync(postgres);
        var room = new Room(postgres.Server.ConnectionString, new() { Name = "production", ProtectedDatabaseUsers = ["backup_*"] });
        var seen = await room.FindAsync(new() { ProcessIds = [backup.ProcessId, ours.ProcessId, other.ProcessId] });
        var start = await postgres.AskAsync<DateTime>($"SELECT backend_start FROM pg_stat_activity WHERE pid = {replica.ProcessId}");
        var walsender = seen[0] with { ProcessId = replica.ProcessId, BackendStart = new DateTimeOffset(start, TimeSpan.Zero), User = "postgres", Application = "pg_receivewal" };

        var plan = await room.PlanAsync(room.Request([.. seen, walsender]));

        Assert.Contains($"backend {other.ProcessId} ", Assert.Single(plan.Changes).Object, StringComparison.Ordinal);
        Assert.Contains(plan.Warnings, warning => warning.Contains("protected", StringComparison.Ordinal));
        Assert.Contains(plan.Warnings, warning => warning.Contains("session of this module", StringComparison.Ordinal));
        Assert.Contains(plan.Warnings, warning => warning.Contains("walsender", StringComparison.Ordinal));
        await room.StopAsync(plan);
        Assert.Equal(3L, await postgres.AskAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE pid IN ({backup.ProcessId}, {ours.ProcessId}, {replica.ProcessId})"));
    }

    [SkippableFact]
    public async Task More_than_the_maximum_is_refused_before_anything_is_sent()
    {
        await using var first = await Session.OpenAsync(postgres.Server.ConnectionString);
        await first.StartAsync("SELECT pg_sleep(78)", postgres);
        await using var second = await Session.OpenAsync(postgres.Server.ConnectionString);
        await second.StartAsync("SELECT pg_sleep(79)", postgres);
        var room = Room;
        var seen = await room.FindAsync(new() { ProcessIds = [first.ProcessId, second.ProcessId] });

        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.PlanAsync(room.Request(seen) with { MaximumCount = 1 }));

        Assert.Equal(FailureKind.TooManyTargets, failure.Kind);
    }

    [SkippableFact]
    public async Task A_victim_is_said_to_be_one()
    {
        await using var stuck = await StuckQueries.OpenAsync(postgres.Server.ConnectionString, new() { Victims = 1, Table = "victims", LongQuery = false }, CancellationToken.None);
        var room = Room;

        var plan = await room.PlanAsync(room.Request(await room.FindAsync(new() { ProcessIds = stuck.Victims })));

        Assert.Contains(plan.Warnings, warning => warning.Contains($"blocked by {stuck.Blocker}", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task After_a_lost_answer_the_server_is_read_again()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(80)", postgres);
        var room = Room;
        var plan = await room.PlanAsync(room.Request(await room.FindAsync(new() { ProcessIds = [session.ProcessId] })));

        Assert.Equal(ReadBack.NotApplied, await room.Act.ReadBackAsync(plan, room.Resolved, CancellationToken.None));
        await room.StopAsync(plan);
        Assert.Equal(ReadBack.Applied, await room.Act.ReadBackAsync(plan, room.Resolved, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Another_server_gets_no_signal_and_proves_nothing()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(81)", postgres);
        var room = Room;
        var plan = await room.PlanAsync(room.Request(await room.FindAsync(new() { ProcessIds = [session.ProcessId] })));
        var started = await postgres.AskAsync<DateTime>("SELECT pg_postmaster_start_time()");
        // Planned on one that began later than this one, so that it cannot be that one started again.
        var elsewhere = plan.Instructions.DeepClone().AsObject();
        elsewhere["serverStart"] = new DateTimeOffset(started, TimeSpan.Zero).AddHours(1).ToString("O");
        elsewhere["backends"]![0]!["backendStart"] = new DateTimeOffset(started, TimeSpan.Zero).AddHours(2).ToString("O");
        var moved = plan with { Instructions = elsewhere };

        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.StopAsync(moved));

        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        Assert.Equal(ReadBack.Unknown, await room.Act.ReadBackAsync(moved, room.Resolved, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Another_server_behind_the_same_name_is_not_the_one_that_was_started_again()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(83)", postgres);
        var room = Room;
        var plan = await room.PlanAsync(room.Request(await room.FindAsync(new() { ProcessIds = [session.ProcessId] })));
        var started = await postgres.AskAsync<DateTime>("SELECT pg_postmaster_start_time()");
        // Planned on one that began earlier: either this one, which was started again since, or one of which this is the standby that took its place.
        var before = ForOther(plan, "backendStart", new DateTimeOffset(started, TimeSpan.Zero).AddMinutes(-30));
        before["serverStart"] = new DateTimeOffset(started, TimeSpan.Zero).AddHours(-1).ToString("O");
        var restarted = plan with { Instructions = before };
        var elsewhere = before.DeepClone().AsObject();
        elsewhere["serverIdentity"] = elsewhere["serverIdentity"]!.GetValue<string>().Replace("timeline 00000001", "timeline 00000002", StringComparison.Ordinal);
        var moved = plan with { Instructions = elsewhere };
        var silent = before.DeepClone().AsObject();
        silent.Remove("serverIdentity");

        Assert.Equal(ReadBack.Unknown, await room.Act.ReadBackAsync(moved, room.Resolved, CancellationToken.None));
        Assert.Equal(FailureKind.ObjectChanged, (await Assert.ThrowsAsync<IncidentException>(() => room.StopAsync(moved))).Kind);
        Assert.Equal(ReadBack.Applied, await room.Act.ReadBackAsync(restarted, room.Resolved, CancellationToken.None));
        Assert.Equal(ReadBack.Applied, await room.Act.ReadBackAsync(plan with { Instructions = silent }, room.Resolved, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Work_of_others_that_the_role_is_not_shown_is_not_called_gone()
    {
        await postgres.Server.ExecuteAsync("CREATE ROLE blind LOGIN PASSWORD 'pw' IN ROLE pg_signal_backend");
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(82)", postgres);
        var seeing = Room;
        var plan = await seeing.PlanAsync(seeing.Request(await seeing.FindAsync(new() { ProcessIds = [session.ProcessId] })));
        var blind = new Room(postgres.Server.ConnectionStringFor("blind", "pw"));

        var failure = await Assert.ThrowsAsync<IncidentException>(() => blind.StopAsync(plan));

        Assert.Equal(FailureKind.DatabaseForbidden, failure.Kind);
        var unread = await Assert.ThrowsAsync<IncidentException>(() => blind.Act.ReadBackAsync(plan, blind.Resolved, CancellationToken.None));
        Assert.Equal(FailureKind.DatabaseForbidden, unread.Kind);
    }

    [SkippableFact]
    public async Task Where_a_failover_leads_to_another_server_nobody_knows_what_became_of_the_signal()
    {
        var first = new PostgresServer();
        await first.InitializeAsync();
        var both = new Npgsql.NpgsqlConnectionStringBuilder(first.Server.ConnectionString);
        both.Host = $"{both.Host}:{first.Server.Port},{both.Host}:{postgres.Server.Port}";
        try
        {
            await using var session = await Session.OpenAsync(first.Server.ConnectionString);
            await session.StartAsync("DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$", first);
            var room = new Room(both.ConnectionString);
            var plan = await room.PlanAsync(room.Request(await room.FindAsync(new() { ProcessIds = [session.ProcessId] })) with { GracePeriod = TimeSpan.FromMinutes(1) });
            var results = new List<QueryStopResult>();
            await foreach (var step in room.Act.SendAsync(plan, room.Resolved, CancellationToken.None))
            {
                if (step is ActStep.Progress { Phase: MitigationPhase.Following } && results.Count == 0)
                {
                    first.Server.Kill();
                }

                results.AddRange(step is ActStep.Part { Result: QueryStopResult result } ? [result] : []);
            }

            Assert.Equal(QueryOutcome.Unknown, Assert.Single(results).Outcome);
        }
        finally
        {
            await first.DisposeAsync();
        }
    }

    private static System.Text.Json.Nodes.JsonObject ForOther(MitigationPlan plan, string field, DateTimeOffset time)
    {
        var other = plan.Instructions.DeepClone().AsObject();
        other["backends"]![0]![field] = time.ToUniversalTime().ToString("O");
        return other;
    }
}
