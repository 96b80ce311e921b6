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
internal sealed class SqliteEventStore(Func<string> location, Func<bool> isReadOnly) : IEventStore, IDisposable
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
        async (_, transaction) => new StoredChain(await transaction.ReadAsync(chain), await transaction.HeadAsync(chain)), new StoredChain([], null), cancellationToken);

    public Task<IReadOnlyList<StoredEvent>> ReadAllAsync(IReadOnlyList<string> kinds, CancellationToken cancellationToken) =>
        ReadAsync((_, transaction) => Task.FromResult(transaction.ReadAll(kinds)), [], cancellationToken);

    public Task<IReadOnlyList<string>> ChainsAsync(CancellationToken cancellationToken) =>
        ReadAsync((_, transaction) => Task.FromResult(transaction.Chains()), [], cancellationToken);

    public async Task<string?> FindDamageAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Read before the journal is, which other processes go on writing meanwhile.
            var acknowledged = new CommitAnchor(location()).Read();
            return await ReadAsync(
                (connection, transaction) => Task.FromResult(SqliteSchema.CommitOf(connection)?.Missing(acknowledged) ?? transaction.FindBrokenPage()),
                null,
                cancellationToken);
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.StoreCorrupt)
        {
            return failure.Message;
        }
    }

    public void Dispose() => _writers.Dispose();

    private async Task<T> InTransactionAsync<T>(Func<IEventTransaction, Task<T>> work, bool commit, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (isReadOnly())
        {
            throw new IncidentException(FailureKind.ReadOnlyMode, "Nothing was written to the journal: this process is read-only (MALARIA_INCIDENT_READONLY).", location());
        }

        var path = location();
        var waiting = Stopwatch.StartNew();
        if (!await _writers.WaitAsync(patience, cancellationToken))
        {
            throw SqliteFailures.Busy(path, waiting.Elapsed);
        }

        try
        {
            var file = new StoreFile(path);
            file.Prepare();
            using var connection = SqliteConnections.Open(path, SqliteOpenMode.ReadWrite);
            async Task UntilFreeAsync(string sql) => await ExecuteUntilFreeAsync(connection, sql, waiting, patience, cancellationToken);
            await UntilFreeAsync("PRAGMA journal_mode = WAL");
            SqliteConnections.Execute(connection, "PRAGMA synchronous = FULL");
            await UntilFreeAsync("BEGIN IMMEDIATE");
            try
            {
                SqliteSchema.Migrate(connection);
                EnsureNothingMissing(connection, file.Anchor);
                var result = await work(new SqliteEventTransaction(connection));
                if (commit)
                {
                    var counted = SqliteSchema.CountCommit(connection);
                    SqliteConnections.Execute(connection, "COMMIT");
                    file.Anchor.Write(counted);
                }
                else
                {
                    SqliteConnections.Execute(connection, "ROLLBACK");
                }

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

    /// <summary>To write on would give the lost events' places to others, and make the loss invisible.</summary>
    private static void EnsureNothingMissing(SqliteConnection connection, CommitAnchor anchor)
    {
        if (SqliteSchema.CommitOf(connection) is { } commit && commit.Missing(anchor.Read()) is { } missing)
        {
            throw new IncidentException(
                FailureKind.StoreCorrupt,
                $"The journal {connection.DataSource} is shorter than it was: {missing}.",
                connection.DataSource,
                advice: $"Put the lost file back if you can. If you know why (a backup was restored), delete {anchor.Path} to go on with the journal as it is.");
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

    private async Task<T> ReadAsync<T>(Func<SqliteConnection, SqliteEventTransaction, Task<T>> read, T nothing, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = location();
        new StoreFile(path).EnsureNotEmptied();
        if (!File.Exists(path))
        {
            return nothing;
        }

        var version = 0;
        try
        {
            using var connection = OpenToRead(path);
            // One picture from here on: between two statements somebody's first write may make the schema, and a half of it is nobody's.
            SqliteConnections.Execute(connection, "BEGIN");
            version = SqliteSchema.VersionOf(connection);
            SqliteSchema.EnsureOurs(connection, version);
            if (version == 0)
            {
                return nothing;
            }

            return await read(connection, new SqliteEventTransaction(connection));
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode == raw.SQLITE_ERROR && version > SqliteSchema.Current)
        {
            throw new IncidentException(
                FailureKind.StoreNewer, $"The journal {path} has schema {version}, which this module (schema {SqliteSchema.Current}) cannot even read.", path, advice: "Update the module.");
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
