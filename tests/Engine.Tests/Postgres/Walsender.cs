using Npgsql;
using Npgsql.Replication;

namespace Engine.Tests.Postgres;

/// <summary>A real replication client with a real slot, which streams until it is stopped.</summary>
internal sealed class Walsender : IAsyncDisposable
{
    private const string Slot = "test_slot";

    private readonly CancellationTokenSource _ending = new();
    private readonly PhysicalReplicationConnection _connection;
    private readonly PostgresServer _server;
    private Task _streaming = Task.CompletedTask;

    private Walsender(PostgresServer server)
    {
        _server = server;
        _connection = new(new NpgsqlConnectionStringBuilder(server.Server.ConnectionString) { ApplicationName = "standby" }.ConnectionString);
    }

    public int ProcessId { get; private set; }

    public static async Task<Walsender> StartAsync(PostgresServer server)
    {
        await server.Server.ExecuteAsync($"SELECT pg_create_physical_replication_slot('{Slot}')");
        var walsender = new Walsender(server);
        await walsender._connection.Open();
        var position = (await walsender._connection.IdentifySystem()).XLogPos;
        walsender._streaming = walsender.StreamAsync(position);
        // Before it streams it is idle, and whoever lists what is at work leaves it out for that alone.
        while ((walsender.ProcessId = await server.AskAsync<int>("SELECT coalesce(max(pid), 0) FROM pg_stat_replication WHERE application_name = 'standby' AND state = 'streaming'")) == 0)
        {
            Assert.False(walsender._streaming.IsCompleted, "the replication ended");
            await Task.Delay(20);
        }

        return walsender;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _streaming;
        await _connection.DisposeAsync();
        _ending.Dispose();
        while (await _server.AskAsync<bool>($"SELECT active FROM pg_replication_slots WHERE slot_name = '{Slot}'"))
        {
            await Task.Delay(20);
        }

        await _server.Server.ExecuteAsync($"SELECT pg_drop_replication_slot('{Slot}')");
    }

    private async Task StreamAsync(NpgsqlTypes.NpgsqlLogSequenceNumber position)
    {
        try
        {
            await foreach (var _ in _connection.StartReplication(new PhysicalReplicationSlot(Slot), position, _ending.Token))
            {
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
