using MalariaIncident;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Postgres;

/// <summary>The lock query listed waiters only, with an empty relation; here is the tree.</summary>
public sealed class LockTests(PostgresServer postgres) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private Room Room => new(postgres.Server.ConnectionString);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>A test begins when nobody of the one before waits any more.</summary>
    public async Task DisposeAsync()
    {
        while (postgres.IsThere && await postgres.AskAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('client', 'prediction-api', 'prediction-batch')") > 0)
        {
            await Task.Delay(10);
        }
    }

    [SkippableFact]
    public async Task A_table_lock_is_a_tree_with_its_root_first()
    {
        await using var stuck = await StuckQueries.OpenAsync(postgres.Server.ConnectionString, new() { Victims = 2, LongQuery = false }, CancellationToken.None);
        var room = Room;

        var tree = await room.Databases.GetLocksAsync(room.Scope, CancellationToken.None).ToListAsync();

        Assert.Equal([stuck.Blocker, .. stuck.Victims.Order()], tree.Select(entry => entry.ProcessId));
        var root = tree[0];
        Assert.True(root.RootBlocker);
        Assert.Equal(2, root.Blocks);
        Assert.Equal(stuck.Victims.Order(), root.Frees);
        Assert.Equal("AccessExclusiveLock on public.predictions", root.Holds[0]);
        Assert.True(root.TransactionAge > TimeSpan.Zero);
        Assert.NotNull(root.Session);
        Assert.All(tree.Skip(1), waiter =>
        {
            Assert.Equal((1, stuck.Blocker, "AccessShareLock on public.predictions"), (waiter.Depth, waiter.Root, waiter.WaitsFor));
            Assert.True(waiter.Waited >= TimeSpan.Zero);
            Assert.Empty(waiter.Frees);
        });
        Assert.Contains("holds up 2 sessions", Assert.Single(room.Journal.Appended).Text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_queue_for_a_row_is_a_chain_and_names_the_row()
    {
        await postgres.Server.ExecuteAsync("CREATE TABLE chain (id int PRIMARY KEY, v int); INSERT INTO chain VALUES (1, 0)");
        await using var first = await Session.OpenAsync(postgres.Server.ConnectionString);
        await first.ExecuteAsync("BEGIN; UPDATE chain SET v = 1 WHERE id = 1");
        await using var second = await Session.OpenAsync(postgres.Server.ConnectionString);
        await second.StartAsync("UPDATE chain SET v = 2 WHERE id = 1", postgres);
        await second.WaitsAsync(postgres);
        await using var third = await Session.OpenAsync(postgres.Server.ConnectionString);
        await third.StartAsync("UPDATE chain SET v = 3 WHERE id = 1", postgres);
        await third.WaitsAsync(postgres);
        var room = Room;

        var tree = await room.Databases.GetLocksAsync(room.Scope, CancellationToken.None).ToListAsync();

        Assert.Equal([(first.ProcessId, 0), (second.ProcessId, 1), (third.ProcessId, 2)], tree.Select(entry => (entry.ProcessId, entry.Depth)));
        Assert.Equal("idle in transaction", tree[0].State);
        Assert.Matches(@"^ShareLock on transaction \d+ \(row \(0,1\) of public\.chain\)$", tree[1].WaitsFor);
        Assert.Equal("ExclusiveLock on row (0,1) of public.chain", tree[2].WaitsFor);
        Assert.Equal(2, tree[0].Frees.Count);
        await first.ExecuteAsync("ROLLBACK");
    }

    [SkippableFact]
    public async Task A_prepared_transaction_is_a_root_without_a_session_and_says_what_ends_it()
    {
        await postgres.Server.ExecuteAsync("CREATE TABLE two_phase (id int)");
        await using var preparer = await Session.OpenAsync(postgres.Server.ConnectionString);
        await preparer.ExecuteAsync("BEGIN; LOCK TABLE two_phase; PREPARE TRANSACTION 'left''behind'");
        await using var victim = await Session.OpenAsync(postgres.Server.ConnectionString);
        await victim.StartAsync("SELECT * FROM two_phase", postgres);
        await victim.WaitsAsync(postgres);
        var room = Room;
        try
        {
            var tree = await room.Databases.GetLocksAsync(room.Scope, CancellationToken.None).ToListAsync();

            Assert.Equal((0, "left'behind", "prepared"), (tree[0].ProcessId, tree[0].PreparedTransaction, tree[0].State));
            Assert.Null(tree[0].Session);
            Assert.Contains("ROLLBACK PREPARED 'left''behind';", tree[0].Advice, StringComparison.Ordinal);
            Assert.Equal([victim.ProcessId], tree[0].Frees);
            Assert.Equal(victim.ProcessId, tree[1].ProcessId);
        }
        finally
        {
            await postgres.Server.ExecuteAsync("ROLLBACK PREPARED 'left''behind'");
        }
    }

    [SkippableFact]
    public async Task Where_nobody_waits_there_is_nothing()
    {
        var room = Room;

        Assert.Empty(await room.Databases.GetLocksAsync(room.Scope, CancellationToken.None).ToListAsync());
        Assert.Equal("No session waits for another in the database.", Assert.Single(room.Journal.Appended).Text);
    }
}
