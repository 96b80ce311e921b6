using Npgsql;

namespace Engine.Tests.Postgres;

/// <summary>A client of the server under test.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly CancellationTokenSource _ending = new();
    private Task _running = Task.CompletedTask;

    private Session(NpgsqlConnection connection)
    {
        _connection = connection;
        ProcessId = connection.ProcessID;
    }

    public int ProcessId { get; }

    public static async Task<Session> OpenAsync(string connectionString, string application = "client")
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false, ApplicationName = application, CommandTimeout = 0, CancellationTimeout = 200,
        };
        var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
        return new(connection);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync(_ending.Token);
    }

    /// <summary>The server's process behind it at this moment: behind a pooler another one than <see cref="ProcessId"/>.</summary>
    public async Task<int> ServerProcessAsync()
    {
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", _connection);
        return (int)(await command.ExecuteScalarAsync(_ending.Token))!;
    }

    /// <summary>
    /// Sends what sleeps or waits for a lock, and returns when the server does. Each of the protocol's messages (parse, bind, execute) sets query_start anew: before it sleeps or
    /// waits, it is not yet the work that whoever lists it means.
    /// </summary>
    public async Task StartAsync(string sql, PostgresServer server)
    {
        _running = IgnoreItsEndAsync(sql);
        // By its text: behind a pooler the process id is another one.
        while (await server.AskAsync<long>(
            $"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event_type IN ('Timeout', 'Lock') AND query = '{sql.Replace("'", "''", StringComparison.Ordinal)}'") == 0)
        {
            await Task.Delay(10);
        }
    }

    /// <summary>Returns when it waits for a lock, and says since when: a moment before that it stands in pg_locks already.</summary>
    public async Task WaitsAsync(PostgresServer server)
    {
        while (await server.AskAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE pid = {ProcessId} AND wait_event_type = 'Lock'") == 0)
        {
            await Task.Delay(10);
        }
    }

    /// <summary>The error that the client saw, if any.</summary>
    public async Task<string?> EndAsync()
    {
        await _running;
        return Error;
    }

    public string? Error { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        await _connection.DisposeAsync();
        _ending.Dispose();
    }

    private async Task IgnoreItsEndAsync(string sql)
    {
        try
        {
            await ExecuteAsync(sql);
        }
        catch (PostgresException exception)
        {
            Error = exception.SqlState;
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or InvalidOperationException or OperationCanceledException)
        {
            Error = exception.GetType().Name;
        }
    }
}
