using Npgsql;

namespace MalariaIncident.Sandbox.Databases;

/// <summary>How a database is made to hang.</summary>
public sealed record StuckQueriesOptions
{
    /// <summary>Sessions that wait for the blocker.</summary>
    public int Victims { get; init; } = 3;

    /// <summary>Table that the blocker holds; made where it is missing.</summary>
    public string Table { get; init; } = "predictions";

    /// <summary>Open a session that computes for an hour, too.</summary>
    public bool LongQuery { get; init; } = true;
}

/// <summary>
/// The usual shape of a stuck database: a session that is idle in a transaction and holds a table, the requests that wait for it, and a
/// report that runs for ever.
/// </summary>
public sealed class StuckQueries : IAsyncDisposable
{
    private readonly List<NpgsqlConnection> connections = [];
    private readonly List<Task> running = [];
    private readonly CancellationTokenSource closing = new();

    private StuckQueries(string table) => Table = table;

    /// <summary>Table that the blocker holds.</summary>
    public string Table { get; }

    /// <summary>Backend that is idle in a transaction and holds the table.</summary>
    public int Blocker { get; private set; }

    /// <summary>Backends that wait for the blocker.</summary>
    public IReadOnlyList<int> Victims { get; private set; } = [];

    /// <summary>Backend that computes for an hour; 0 without one.</summary>
    public int LongQuery { get; private set; }

    /// <summary>Opens them all and returns when the victims really wait.</summary>
    public static async Task<StuckQueries> OpenAsync(string connectionString, StuckQueriesOptions options, CancellationToken cancellationToken)
    {
        var stuck = new StuckQueries(options.Table);
        try
        {
            await stuck.StartAsync(connectionString, options, cancellationToken);
            return stuck;
        }
        catch
        {
            await stuck.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        // Victims first: they wait for a lock that the blocker gives up when it closes.
        await Task.WhenAll(running);
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }

        closing.Dispose();
    }

    private async Task StartAsync(string connectionString, StuckQueriesOptions options, CancellationToken cancellationToken)
    {
        var blocker = await ConnectAsync(connectionString, "prediction-batch", cancellationToken);
        var table = new NpgsqlCommandBuilder().QuoteIdentifier(Table);
        await ExecuteAsync(blocker, $"CREATE TABLE IF NOT EXISTS {table} (id bigint PRIMARY KEY, region text, risk double precision)", cancellationToken);
        await ExecuteAsync(blocker, $"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", cancellationToken);
        Blocker = blocker.ProcessID;

        if (options.LongQuery)
        {
            var report = await ConnectAsync(connectionString, "report-export", cancellationToken);
            LongQuery = report.ProcessID;
            running.Add(RunAsync(report, "SELECT pg_sleep(3600)"));
        }

        var victims = new List<int>();
        for (var index = 0; index < options.Victims; index++)
        {
            var victim = await ConnectAsync(connectionString, "prediction-api", cancellationToken);
            victims.Add(victim.ProcessID);
            running.Add(RunAsync(victim, $"SELECT region, risk FROM {table} WHERE id = {index}"));
        }

        Victims = victims;
        await WaitUntilStuckAsync(connectionString, cancellationToken);
    }

    private async Task WaitUntilStuckAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var observer = new NpgsqlConnection(connectionString + ";Pooling=false;Application Name=sandbox");
        await observer.OpenAsync(cancellationToken);
        await using var count = new NpgsqlCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1) AND wait_event_type = 'Lock' OR pid = $2 AND wait_event = 'PgSleep'", observer);
        count.Parameters.AddWithValue(Victims.ToArray());
        count.Parameters.AddWithValue(LongQuery);
        var expected = Victims.Count + (LongQuery == 0 ? 0 : 1);
        while ((long)(await count.ExecuteScalarAsync(cancellationToken))! < expected)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync(string connectionString, string application, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = application,
            Pooling = false,
            CommandTimeout = 0,
            CancellationTimeout = 500,
        };
        var connection = new NpgsqlConnection(builder.ConnectionString);
        connections.Add(connection);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        try
        {
            await ExecuteAsync(connection, sql, closing.Token);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            // Cancelled or terminated: that is what it is here for.
        }
    }
}
