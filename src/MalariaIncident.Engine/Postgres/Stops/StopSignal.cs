using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Connections;
using Npgsql;
using NpgsqlTypes;

namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>
/// Signals one backend. The identity is checked inside the very statement that signals: between two statements a session can end and its
/// process id can belong to another one.
/// </summary>
internal sealed class StopSignal
{
    public static readonly StopSignal Cancel = new("pg_cancel_backend");
    public static readonly StopSignal Terminate = new("pg_terminate_backend");

    private readonly string _sql;

    private StopSignal(string function) => _sql =
        $"""
        SELECT {function}(a.pid)
        FROM pg_stat_get_activity($1) a
        WHERE a.pid = $1 AND a.backend_start = $2 AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
          AND ($3 IS NULL OR a.query_start = $3)
          AND ($4 IS NULL OR a.xact_start = $4)
          AND ($4 IS NOT NULL OR a.state NOT LIKE 'idle%')
        """;

    /// <summary>True when the signal was sent, false when the work is not there any more. Throws what the server refused it with.</summary>
    public async Task<bool> SendAsync(PostgresSession session, StopTarget target, Deadline deadline, CancellationToken stop)
    {
        ReadOnlyMode.Guard($"The signal to backend {target.ProcessId}");
        var sent = await session.QueryAsync(
            _sql,
            parameters =>
            {
                parameters.AddWithValue(target.ProcessId);
                parameters.AddWithValue(target.BackendStart.ToUniversalTime());
                parameters.Add(Time(target.QueryStart));
                parameters.Add(Time(target.TransactionStart));
            },
            row => row.GetBoolean(0),
            deadline,
            stop);
        return sent is [true];
    }

    private static NpgsqlParameter Time(DateTimeOffset? time) =>
        new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = time is { } known ? known.ToUniversalTime() : DBNull.Value };
}
