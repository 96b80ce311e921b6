using Npgsql;

namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>What a backend is at now; what is needed to tell whether it still is the work that was to be stopped.</summary>
/// <param name="HasLetGo">Its transaction has failed and holds no lock any more. (One that failed in a savepoint only still holds them.)</param>
internal sealed record BackendState(
    int ProcessId, DateTimeOffset BackendStart, DateTimeOffset? QueryStart, DateTimeOffset? TransactionStart, string State, bool HasLetGo)
{
    public const string Query =
        """
        SELECT a.pid, a.backend_start, a.query_start, a.xact_start, a.state,
               a.state = 'idle in transaction (aborted)' AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.granted)
        FROM pg_stat_get_activity(NULL) a
        WHERE a.pid = ANY($1)
        """;

    public static BackendState Read(NpgsqlDataReader row) => new(
        row.GetInt32(0),
        row.GetFieldValue<DateTimeOffset>(1),
        row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2),
        row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3),
        row.IsDBNull(4) ? "" : row.GetString(4),
        !row.IsDBNull(5) && row.GetBoolean(5));
}
