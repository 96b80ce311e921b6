using System.Diagnostics;
using MalariaIncident.Engine.Incidents;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MalariaIncident.Engine.Stores;

/// <summary>
/// The journal in one SQLite file: WAL, synchronous=FULL, so that what was committed survives a kill -9 and a loss of power. A
/// write takes the lock at once (BEGIN IMMEDIATE; a read that becomes a write would wait in vain) and waits for it cancellably, which
/// the ADO.NET layer cannot.
/// </summary>
internal sealed class SqliteEventStore(Func<string> location) : IEventStore, IDisposable
{
    // Tasks of one process queue here instead of polling each other's lock.
    private readonly SemaphoreSlim _writers = new(1, 1);

    public bool Exists => new StoreFile(location()).Exists;

    public async Task<T> WriteAsync<T>(Func<IEventTransaction, Task<T>> work, TimeSpan patience, CancellationToken cancellationToken) =>
        await InTransactionAsync(work, commit: true, patience, cancellationToken);

    public async Task ProbeAsync(Func<IEventTransaction, Task> work, TimeSpan patience, CancellationToken cancellationToken) =>
        await InTransactionAsync(
            async transaction =>
            {
                await work(transaction);
                return true;
            },
            commit: false,
            patience,
            cancellationToken);

    public Task<StoredChain> ReadAsync(string chain, CancellationToken cancellationToken) => ReadAsync(
        async transaction => new StoredChain(await transaction.ReadAsync(chain), await transaction.HeadAsync(chain)), new StoredChain([], null), cancellationToken);

    public Task<IReadOnlyList<StoredEvent>> ReadAllAsync(IReadOnlyList<string> kinds, CancellationToken cancellationToken) =>
        ReadAsync(transaction => Task.FromResult(transaction.ReadAll(kinds)), [], cancellationToken);

    public Task<IReadOnlyList<string>> ChainsAsync(CancellationToken cancellationToken) =>
        ReadAsync(transaction => Task.FromResult(transaction.Chains()), [], cancellationToken);

    public Task<string?> FindDamageAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public void Dispose() => _writers.Dispose();

    private async Task<T> InTransactionAsync<T>(Func<IEventTransaction, Task<T>> work, bool commit, TimeSpan patience, CancellationToken cancellationToken)
    {
        var path = location();
        var waiting = Stopwatch.StartNew();
        if (!await _writers.WaitAsync(patience, cancellationToken))
        {
            throw SqliteFailures.Busy(path, waiting.Elapsed);
        }

        try
        {
            new StoreFile(path).Prepare();
            using var connection = SqliteConnections.Open(path, SqliteOpenMode.ReadWrite);
            async Task UntilFreeAsync(string sql) => await ExecuteUntilFreeAsync(connection, sql, waiting, patience, cancellationToken);
            await UntilFreeAsync("PRAGMA journal_mode = WAL");
            SqliteConnections.Execute(connection, "PRAGMA synchronous = FULL");
            await UntilFreeAsync("BEGIN IMMEDIATE");
            try
            {
                SqliteSchema.Migrate(connection);
                var result = await work(new SqliteEventTransaction(connection));
                SqliteConnections.Execute(connection, commit ? "COMMIT" : "ROLLBACK");
                return result;
            }
            catch
            {
                // SQLite has rolled back by itself after some failures; then there is nothing left to take back.
                SqliteConnections.TryExecute(connection, "ROLLBACK");
                throw;
            }
        }
        catch (SqliteException failure)
        {
            throw SqliteFailures.Translate(failure, path);
        }
        finally
        {
            _writers.Release();
        }
    }

    private static async Task ExecuteUntilFreeAsync(SqliteConnection connection, string sql, Stopwatch waiting, TimeSpan patience, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var code = SqliteConnections.TryExecute(connection, sql);
            if ((code & 0xFF) is not (raw.SQLITE_BUSY or raw.SQLITE_LOCKED))
            {
                SqliteException.ThrowExceptionForRC(code, connection.Handle!);
                return;
            }

            if (waiting.Elapsed >= patience)
            {
                throw SqliteFailures.Busy(connection.DataSource, waiting.Elapsed);
            }

            // Chance keeps many writers from knocking in step.
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 << Math.Min(attempt, 4))), cancellationToken);
        }
    }

    private async Task<T> ReadAsync<T>(Func<SqliteEventTransaction, Task<T>> read, T nothing, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = location();
        if (!File.Exists(path))
        {
            return Directory.Exists(path) ? throw SqliteFailures.Translate(new IOException("it is a folder"), path) : nothing;
        }

        try
        {
            using var connection = OpenToRead(path);
            SqliteSchema.EnsureOurs(connection, SqliteSchema.VersionOf(connection));
            SqliteConnections.Execute(connection, "BEGIN");
            return await read(new SqliteEventTransaction(connection));
        }
        catch (SqliteException failure)
        {
            throw SqliteFailures.Translate(failure, path);
        }
    }

    private static SqliteConnection OpenToRead(string path)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = SqliteConnections.Open(path, SqliteOpenMode.ReadWrite);
            SqliteSchema.VersionOf(connection);
            return connection;
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode is raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_FULL or raw.SQLITE_IOERR && !HasWal(path))
        {
            connection?.Dispose();
            return SqliteConnections.OpenImmutable(path);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    private static bool HasWal(string path) => new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };
}
