using Npgsql.Replication;
using Npgsql.Replication.PgOutput;

namespace Engine.Tests.Postgres;

/// <summary>A walsender of logical replication is connected to the very database, as a client is: nothing but its type tells it apart.</summary>
public sealed class LogicalWalsenderTests : IAsyncLifetime
{
    private readonly PostgresServer _postgres = new(new() { Settings = new Dictionary<string, string> { ["wal_level"] = "logical" } });

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public Task DisposeAsync() => _postgres.DisposeAsync();

    [SkippableFact]
    public async Task It_is_not_listed_and_gets_no_signal_even_when_named()
    {
        await _postgres.Server.ExecuteAsync("CREATE PUBLICATION everything FOR ALL TABLES");
        await _postgres.Server.ExecuteAsync("SELECT pg_create_logical_replication_slot('copy', 'pgoutput')");
        await using var connection = new LogicalReplicationConnection(_postgres.Server.ConnectionString);
        await connection.Open();
        using var ending = new CancellationTokenSource();
        var streaming = StreamAsync(connection, ending.Token);
        while (await _postgres.AskAsync<long>("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == 0)
        {
            Assert.False(streaming.IsCompleted, "the replication ended");
            await Task.Delay(20);
        }

        var walsender = await _postgres.AskAsync<int>("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walsender' AND state = 'active' AND datname = current_database()");
        await using var client = await Session.OpenAsync(_postgres.Server.ConnectionString);
        await client.StartAsync("SELECT pg_sleep(91)", _postgres);
        var room = new Room(_postgres.Server.ConnectionString);

        var seen = Assert.Single(await room.FindAllAsync());
        Assert.Equal(client.ProcessId, seen.ProcessId);
        Assert.Empty(await room.FindAsync(new() { ProcessIds = [walsender] }));
        var start = await _postgres.AskAsync<DateTime>($"SELECT backend_start FROM pg_stat_activity WHERE pid = {walsender}");
        var plan = await room.PlanAsync(room.Request(seen, seen with { ProcessId = walsender, BackendStart = new(start, TimeSpan.Zero) }));
        Assert.Contains($"backend {client.ProcessId} ", Assert.Single(plan.Changes).Object, StringComparison.Ordinal);

        await ending.CancelAsync();
        await streaming;
    }

    private static async Task StreamAsync(LogicalReplicationConnection connection, CancellationToken end)
    {
        try
        {
            await foreach (var message in connection.StartReplication(new PgOutputReplicationSlot("copy"), new PgOutputReplicationOptions("everything", PgOutputProtocolVersion.V1), end))
            {
                connection.SetReplicationStatus(message.WalEnd);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
