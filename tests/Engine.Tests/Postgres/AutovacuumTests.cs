using MalariaIncident;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Postgres;

/// <summary>A real autovacuum worker that holds a table: seen as what it is, and never signalled.</summary>
public sealed class AutovacuumTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["autovacuum_naptime"] = "1s",
        // A worker gives way to whoever waits for it after this time.
        ["deadlock_timeout"] = "10min",
    };

    private readonly PostgresServer _postgres = new(new() { Settings = Settings, Statements = false });

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public Task DisposeAsync() => _postgres.DisposeAsync();

    [SkippableFact]
    public async Task It_is_not_listed_shows_as_the_root_of_a_tree_and_gets_no_signal_even_when_named()
    {
        // A vacuum of minutes: a page each tenth of a second.
        await _postgres.Server.ExecuteAsync(
            """
            CREATE TABLE swept (id int) WITH (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1);
            INSERT INTO swept SELECT generate_series(1, 400000);
            DELETE FROM swept WHERE id % 2 = 0
            """);
        int worker;
        while ((worker = await _postgres.AskAsync<int>("SELECT coalesce(max(a.pid), 0) FROM pg_stat_activity a JOIN pg_locks l USING (pid) WHERE a.backend_type = 'autovacuum worker' AND l.relation = 'swept'::regclass")) == 0)
        {
            await Task.Delay(20);
        }

        await using var victim = await Session.OpenAsync(_postgres.Server.ConnectionString);
        await victim.ExecuteAsync("BEGIN");
        await victim.StartAsync("LOCK TABLE swept", _postgres);
        await victim.WaitsAsync(_postgres);

        var room = new Room(_postgres.Server.ConnectionString);
        var listed = await room.FindAllAsync();
        var tree = await room.Databases.GetLocksAsync(room.Scope, CancellationToken.None).ToListAsync();
        var named = listed.Single(query => query.ProcessId == victim.ProcessId) with
        {
            ProcessId = worker,
            BackendStart = new(await _postgres.AskAsync<DateTime>($"SELECT backend_start FROM pg_stat_activity WHERE pid = {worker}"), TimeSpan.Zero),
        };
        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.PlanAsync(room.Request(named)));

        Assert.DoesNotContain(listed, query => query.ProcessId == worker);
        Assert.Equal((worker, true, "autovacuum worker"), (tree[0].ProcessId, tree[0].RootBlocker, tree[0].State));
        Assert.Null(tree[0].Session);
        Assert.Equal(FailureKind.NothingToDo, failure.Kind);
        Assert.Contains("autovacuum worker", failure.Message, StringComparison.Ordinal);
    }
}
