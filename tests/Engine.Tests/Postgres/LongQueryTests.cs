using MalariaIncident;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Postgres;

/// <summary>Get-LongQuery's part of the traps, on a real server.</summary>
public sealed class LongQueryTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private Room Room => new(postgres.Server.ConnectionString);

    [SkippableFact]
    public async Task A_query_in_the_encoding_of_another_database_hides_no_other()
    {
        await postgres.Server.ExecuteAsync("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
        await using var foreign = await Session.OpenAsync(new Npgsql.NpgsqlConnectionStringBuilder(postgres.Server.ConnectionString) { Database = "latin" }.ConnectionString);
        var running = foreign.ExecuteAsync("SELECT pg_sleep(60), 'caf\u00e9'");
        var found = await Room.FindAsync(new() { Databases = ["latin"], MinimumDuration = TimeSpan.Zero });
        while (found is not [{ State: "active", WaitsFor: "Timeout: PgSleep" }])
        {
            await Task.Delay(10);
            found = await Room.FindAsync(new() { Databases = ["latin"], MinimumDuration = TimeSpan.Zero });
        }

        Assert.StartsWith("SELECT pg_sleep(60), 'caf", found[0].Query, StringComparison.Ordinal);
        // Whoever names a process does not know its database.
        Assert.Equal("latin", Assert.Single(await Room.FindAsync(new() { ProcessIds = [foreign.ProcessId] })).Database);
        await postgres.AskAsync<bool>($"SELECT pg_cancel_backend({foreign.ProcessId})");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => running);
    }

    [SkippableFact]
    public async Task The_kill_query_found_the_victims_and_left_the_idle_blocker_alive_here_the_blocker_is_found()
    {
        await using var stuck = await StuckQueries.OpenAsync(postgres.Server.ConnectionString, new() { Victims = 3, Table = "found" }, CancellationToken.None);

        var roots = await Room.FindAsync(new() { RootBlockersOnly = true, Databases = ["*"] });

        var root = Assert.Single(roots, query => query.ProcessId == stuck.Blocker);
        Assert.Equal("idle in transaction", root.State);
        Assert.Equal(3, root.Blocks);
        Assert.True(root.RootBlocker);
        Assert.DoesNotContain(roots, query => stuck.Victims.Contains(query.ProcessId));
        var all = await Room.FindAllAsync();
        Assert.All(stuck.Victims, victim =>
        {
            var found = Assert.Single(all, query => query.ProcessId == victim);
            Assert.Equal([stuck.Blocker], found.BlockedBy);
            Assert.Equal("Lock: relation", found.WaitsFor);
            Assert.False(found.RootBlocker);
        });
    }

    [SkippableFact]
    public async Task Idle_in_transaction_is_listed_only_on_request_when_it_blocks_nobody()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.ExecuteAsync("BEGIN; SELECT 1");

        Assert.DoesNotContain(await Room.FindAsync(new() { MinimumDuration = TimeSpan.Zero }), query => query.ProcessId == session.ProcessId);
        var found = Assert.Single(await Room.FindAllAsync(), query => query.ProcessId == session.ProcessId);
        Assert.Equal("idle in transaction", found.State);
        Assert.True(found.Duration > TimeSpan.Zero);
    }

    [SkippableFact]
    public async Task A_query_that_mentions_pg_stat_activity_does_not_hide_itself()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(60) /* pg_stat_activity */", postgres);

        Assert.Contains(await Room.FindAllAsync(), query => query.ProcessId == session.ProcessId);
    }

    [SkippableFact]
    public async Task Walsenders_autovacuum_other_databases_and_ourselves_are_not_listed()
    {
        await postgres.Server.ExecuteAsync("CREATE DATABASE elsewhere");
        await using var elsewhere = await Session.OpenAsync(postgres.Server.ConnectionString.Replace("malaria_prediction", "elsewhere", StringComparison.Ordinal));
        await elsewhere.StartAsync("SELECT pg_sleep(61)", postgres);
        await using var replica = await Walsender.StartAsync(postgres);

        var found = await Room.FindAllAsync();
        var everywhere = await Room.FindAsync(new() { MinimumDuration = TimeSpan.Zero, IncludeIdleInTransaction = true, Databases = ["*"] });

        Assert.Equal("walsender", await postgres.AskAsync<string>($"SELECT backend_type FROM pg_stat_activity WHERE pid = {replica.ProcessId}"));
        Assert.DoesNotContain(everywhere, query => query.ProcessId == replica.ProcessId);
        Assert.DoesNotContain(everywhere, query => query.Application == "MalariaIncident");
        Assert.DoesNotContain(found, query => query.ProcessId == elsewhere.ProcessId);
        Assert.Contains(everywhere, query => query.ProcessId == elsewhere.ProcessId);
    }

    [SkippableFact]
    public async Task Filters_narrow_the_list()
    {
        await postgres.Server.ExecuteAsync("CREATE ROLE reporting LOGIN PASSWORD 'pw'");
        await using var report = await Session.OpenAsync(postgres.Server.ConnectionStringFor("reporting", "pw"), "monthly-report");
        await report.StartAsync("SELECT pg_sleep(62) /* report */", postgres);
        await using var other = await Session.OpenAsync(postgres.Server.ConnectionString, "other");
        await other.StartAsync("SELECT pg_sleep(63)", postgres);

        async Task<IEnumerable<int>> Find(LongQueryFilter filter) => (await Room.FindAsync(filter with { MinimumDuration = filter.MinimumDuration ?? TimeSpan.Zero })).Select(query => query.ProcessId);

        Assert.Equal([report.ProcessId], await Find(new() { Users = ["report*"] }));
        Assert.Equal([report.ProcessId], await Find(new() { Applications = ["MONTHLY-*"] }));
        Assert.Equal([report.ProcessId], await Find(new() { Pattern = "*/* report */*" }));
        Assert.Equal([other.ProcessId], await Find(new() { ProcessIds = [other.ProcessId] }));
        Assert.Empty(await Find(new() { ProcessIds = [other.ProcessId], Users = ["reporting"] }));
        Assert.Empty(await Find(new() { MinimumDuration = TimeSpan.FromHours(1) }));
        Assert.Empty(await Room.FindAsync(new()));
    }

    [SkippableFact]
    public async Task Groups_of_connections_and_statements_that_run_choose_their_sessions()
    {
        await postgres.Server.ExecuteAsync("CREATE DATABASE grouped");
        await using var busy = await Session.OpenAsync(postgres.Server.ConnectionString.Replace("malaria_prediction", "grouped", StringComparison.Ordinal), "grouped");
        await busy.ExecuteAsync("SELECT pg_sleep(0), 'chosen by its statement'");
        await busy.StartAsync("SELECT pg_sleep(66), 'chosen by its statement'", postgres);
        await using var open = await Session.OpenAsync(postgres.Server.ConnectionString, "grouped");
        await open.ExecuteAsync("BEGIN; SELECT 1");
        var groups = (await Room.Databases.GetConnectionsAsync(Room.Scope, CancellationToken.None).ToListAsync()).Where(group => group.Application == "grouped").ToArray();
        async Task<IEnumerable<int>> Find(LongQueryFilter filter) => (await Room.FindAsync(filter with { MinimumDuration = TimeSpan.Zero })).Select(query => query.ProcessId).Order();

        Assert.Equal(2, groups.Length);
        Assert.Equal(new[] { busy.ProcessId, open.ProcessId }.Order(), await Find(new() { Groups = groups }));
        foreach (var group in groups)
        {
            Assert.Equal([group.State == "active" ? busy.ProcessId : open.ProcessId], await Find(new() { Groups = [group] }));
            Assert.Empty(await Find(new() { Groups = [group with { Client = "192.0.2.1" }] }));
            Assert.Empty(await Find(new() { Groups = [group with { User = "somebody else" }] }));
        }

        Skip.If(await postgres.AskAsync<int>("SELECT current_setting('server_version_num')::int / 10000") < 14, "Before 14 the server does not tell which session runs a statement.");
        var statements = await Room.Databases.GetSlowQueriesAsync(Room.Scope, new() { Count = 0, Databases = ["*"] }, CancellationToken.None).ToListAsync();
        var chosen = Assert.Single(statements, one => one.Database == "grouped" && one.Query.Contains("pg_sleep", StringComparison.Ordinal));
        Assert.Equal([busy.ProcessId], await Find(new() { Statements = [chosen] }));
        Assert.Empty(await Find(new() { Statements = [chosen with { Database = "malaria_prediction" }] }));
        await postgres.Server.ExecuteAsync($"SELECT pg_cancel_backend({busy.ProcessId})");
        Assert.Equal("57014", await busy.EndAsync());
        Assert.Empty(await Find(new() { Statements = [chosen] }));
    }

    [SkippableFact]
    public async Task A_role_without_the_grant_is_told_which_one_and_never_that_there_is_no_long_query()
    {
        await postgres.Server.ExecuteAsync("CREATE ROLE \"poor \"\"one\" LOGIN PASSWORD 'pw'");
        var room = new Room(postgres.Server.ConnectionStringFor("poor \"one", "pw"));

        var failure = await Assert.ThrowsAsync<IncidentException>(room.FindAllAsync);

        Assert.Equal(FailureKind.DatabaseForbidden, failure.Kind);
        Assert.Contains("GRANT pg_read_all_stats TO \"poor \"\"one\";", failure.Advice, StringComparison.Ordinal);
        Assert.Empty(room.Journal.Appended);
    }

    [SkippableFact]
    public async Task A_role_with_pg_monitor_sees_everything()
    {
        await postgres.Server.ExecuteAsync("CREATE ROLE watcher LOGIN PASSWORD 'pw' IN ROLE pg_monitor");
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(64)", postgres);

        Assert.Contains(await new Room(postgres.Server.ConnectionStringFor("watcher", "pw")).FindAllAsync(), query => query.Query == "SELECT pg_sleep(64)");
    }

    [SkippableFact]
    public async Task A_prepared_transaction_blocks_as_process_zero()
    {
        await postgres.Server.ExecuteAsync("CREATE TABLE prepared (id int)");
        await using var preparer = await Session.OpenAsync(postgres.Server.ConnectionString);
        await preparer.ExecuteAsync("BEGIN; LOCK TABLE prepared; PREPARE TRANSACTION 'forgotten'");
        await using var victim = await Session.OpenAsync(postgres.Server.ConnectionString);
        await victim.StartAsync("SELECT * FROM prepared", postgres);
        try
        {
            await victim.WaitsAsync(postgres);
            var found = Assert.Single(await Room.FindAllAsync(), query => query.ProcessId == victim.ProcessId);

            Assert.Equal([0], found.BlockedBy);
            Assert.False(found.RootBlocker);
        }
        finally
        {
            await postgres.Server.ExecuteAsync("ROLLBACK PREPARED 'forgotten'");
        }
    }

    [SkippableFact]
    public async Task What_goes_down_the_pipeline_and_into_the_journal_holds_no_password()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(65) /* ALTER ROLE x PASSWORD 'hunter2' */", postgres);
        var room = Room;

        var found = Assert.Single(await room.FindAllAsync(), query => query.ProcessId == session.ProcessId);

        Assert.StartsWith("session:", found.Scope!.ConnectionString, StringComparison.Ordinal);
        var evidence = Assert.Single(room.Journal.Appended);
        Assert.DoesNotContain("hunter2", evidence.Data!.ToJsonString(), StringComparison.Ordinal);
        // The same process can use it again; what another process would find is nothing.
        Assert.NotEmpty(await room.Databases.GetLongQueriesAsync(found.Scope, new() { MinimumDuration = TimeSpan.Zero }, CancellationToken.None).ToListAsync());
    }

    [SkippableFact]
    public async Task Our_own_timeouts_hold_whatever_the_role_has_and_the_transaction_is_read_only()
    {
        await postgres.Server.ExecuteAsync("CREATE ROLE hurried LOGIN PASSWORD 'pw' IN ROLE pg_monitor; ALTER ROLE hurried SET statement_timeout = '20s'; ALTER ROLE hurried SET default_transaction_read_only = off");
        var room = new Room(postgres.Server.ConnectionStringFor("hurried", "pw"), timeout: TimeSpan.FromSeconds(47));
        await using var session = await room.Connector.OpenAsync(
            room.Resolved, MalariaIncident.Engine.Postgres.Connections.SessionUse.Read, room.Connector.DeadlineOf(room.Resolved), CancellationToken.None);

        var settings = await session.QueryAsync(
            "SELECT current_setting('statement_timeout') || ' ' || current_setting('lock_timeout') || ' ' || current_setting('transaction_read_only')",
            _ => { }, row => row.GetString(0), CancellationToken.None);

        Assert.Equal(["47s 47s on"], settings);
    }
}
