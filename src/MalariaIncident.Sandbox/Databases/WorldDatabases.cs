using MalariaIncident.Sandbox.Simulation;
using Npgsql;

namespace MalariaIncident.Sandbox.Databases;

/// <summary>The databases of a world: real servers where they can be had, and the question whether the application gets an answer from them.</summary>
internal sealed class WorldDatabases(LogBook logs) : IAsyncDisposable
{
    private const string Table = "predictions";
    /// <summary>With a table that somebody holds; a server that is only slow, on a busy machine, is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan PatienceWithServer = TimeSpan.FromSeconds(15);
    private StuckQueries? _stuck;

    public ThrowAwayPostgres? Postgres { get; private set; }
    public ThrowAwayPostgres? Standby { get; private set; }
    public ThrowAwayPgBouncer? Pooler { get; private set; }
    public ThrowAwayRedis? Redis { get; private set; }
    public StuckQueries? Stuck => _stuck;

    public async Task StartAsync(string directory, SandboxOptions options, CancellationToken cancellationToken)
    {
        var postgres = options.Database ? ThrowAwayPostgres.TryStartAsync(Path.Combine(directory, "postgres"), cancellationToken) : Task.FromResult<ThrowAwayPostgres?>(null);
        var redis = options.Cache ? ThrowAwayRedis.StartAsync(Path.Combine(directory, "redis"), cancellationToken) : null;
        // Whatever started is kept even when the other did not, so that it is stopped again.
        try
        {
            Postgres = await postgres;
        }
        finally
        {
            if (redis is not null) Redis = await redis;
        }
        if (Postgres is not null)
            Pooler = await ThrowAwayPgBouncer.TryStartAsync(Path.Combine(directory, "pooler"), Postgres, aliases: ["reporting"], cancellationToken: cancellationToken);
        if (Postgres is not null && options.Standby)
        {
            // A real copy where the programs for it are installed; otherwise a server that waits for a primary.
            var copied = File.Exists(PostgresBinaries.Find()!.BaseBackup) ? Postgres : null;
            Standby = await ThrowAwayPostgres.TryStartAsync(Path.Combine(directory, "standby"), new() { Standby = true, Primary = copied }, cancellationToken);
        }
        if (Postgres is not null)
            await Postgres.ExecuteAsync($"CREATE TABLE IF NOT EXISTS {Table} (id bigint PRIMARY KEY, region text, risk double precision)", cancellationToken);
    }

    /// <summary>Blocks the application's table; false where there is no PostgreSQL.</summary>
    public async Task<bool> BlockAsync(CancellationToken cancellationToken)
    {
        if (Postgres is null) return false;
        _stuck ??= await StuckQueries.OpenAsync(Postgres.ConnectionString, new() { Table = Table }, cancellationToken);
        await TroubleAsync(cancellationToken);
        return true;
    }

    public async Task UnblockAsync()
    {
        if (Interlocked.Exchange(ref _stuck, null) is { } stuck) await stuck.DisposeAsync();
        await TroubleAsync(CancellationToken.None);
    }

    /// <summary>Fills the cache and gives it a limit that it is over, with nothing that may be evicted; false where there is no redis-server.</summary>
    public async Task<bool> FillCacheAsync(CancellationToken cancellationToken)
    {
        if (Redis is not { IsRedis: true } redis) return false;
        await redis.ExecuteAsync(["SET", "predictions:heatmap:all-regions", new string('x', 3 << 20)], cancellationToken);
        for (var region = 1; region <= 40; region++) await redis.ExecuteAsync(["SET", $"predictions:region:{region}", new string('x', 20 << 10)], cancellationToken);
        await redis.ExecuteAsync(["CONFIG", "SET", "maxmemory-policy", "noeviction"], cancellationToken);
        await redis.ExecuteAsync(["CONFIG", "SET", "maxmemory", "4mb"], cancellationToken);
        return true;
    }

    public Task WidenCacheAsync() => Redis is { IsRedis: true } redis ? redis.ExecuteAsync(["CONFIG", "SET", "maxmemory", "0"], CancellationToken.None) : Task.CompletedTask;

    /// <summary>Asks as the application does, with little patience; null when it got its answer. The logs follow what is found.</summary>
    public async Task<string?> TroubleAsync(CancellationToken cancellationToken)
    {
        var trouble = await AskAsync(cancellationToken);
        logs.DatabaseTrouble(trouble is not null);
        return trouble;
    }

    public async ValueTask DisposeAsync()
    {
        if (_stuck is not null) await _stuck.DisposeAsync();
        if (Pooler is not null) await Pooler.DisposeAsync();
        if (Standby is not null) await Standby.DisposeAsync();
        if (Postgres is not null) await Postgres.DisposeAsync();
        if (Redis is not null) await Redis.DisposeAsync();
    }

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        if (Postgres is null) return null;
        try
        {
            var text = new NpgsqlConnectionStringBuilder(Postgres.ConnectionString)
            {
                ApplicationName = "prediction-api",
                Timeout = (int)PatienceWithServer.TotalSeconds,
                Options = $"-c lock_timeout={Patience.TotalMilliseconds:0}",
            };
            await using var connection = new NpgsqlConnection(text.ConnectionString);
            await connection.OpenAsync(cancellationToken).WaitAsync(PatienceWithServer, cancellationToken);
            await using var command = new NpgsqlCommand($"SELECT count(*) FROM {Table}", connection);
            await command.ExecuteScalarAsync(cancellationToken).WaitAsync(PatienceWithServer, cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            return $"no answer from table {Table}: {(exception is PostgresException postgres ? postgres.MessageText : "the server does not answer")}";
        }
    }
}
