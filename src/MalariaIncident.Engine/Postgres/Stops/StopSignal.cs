using System.Collections.Concurrent;
using MalariaIncident.Engine.Postgres.Connections;
using Npgsql;
using NpgsqlTypes;

namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>
/// Signals backends, one statement each. The identity is checked inside the very statement that signals: between two statements a session can
/// end and its process id can belong to another one. What the server would refuse is not tried, since an error ends the transaction of those beside it.
/// </summary>
internal sealed class StopSignal
{
    public static readonly StopSignal Cancel = new("pg_cancel_backend");
    public static readonly StopSignal Terminate = new("pg_terminate_backend");

    private const string Sent = "sent";
    private const string Gone = "gone";

    private readonly string _sql;

    private StopSignal(string function) => _sql =
        $"""
        SELECT CASE
            WHEN r.rolsuper AND NOT (SELECT m.rolsuper FROM pg_roles m WHERE m.rolname = current_user) THEN 'it belongs to a superuser, and the server lets only superusers signal it'
            WHEN NOT pg_has_role(a.usesysid, 'USAGE') AND NOT pg_has_role('pg_signal_backend', 'USAGE') THEN 'our role lacks pg_signal_backend'
            WHEN {function}(a.pid) THEN '{Sent}'
            ELSE '{Gone}'
          END
        FROM pg_stat_get_activity($1) a LEFT JOIN pg_roles r ON r.oid = a.usesysid
        WHERE a.pid = $1 AND a.backend_start = $2 AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
          AND ($3 IS NULL OR a.query_start = $3)
          AND ($4 IS NULL OR a.xact_start = $4)
          AND ($4 IS NOT NULL OR $5 OR a.state NOT LIKE 'idle%')
        """;

    /// <summary>Answers by index. They are there even when this throws; one that is missing is not known.</summary>
    public async Task SendAsync(
        PostgresSession session, IReadOnlyList<StopTarget> targets, Dictionary<int, StopAnswer> answers, Deadline deadline, CancellationToken stop)
    {
        var texts = new ConcurrentDictionary<int, string?>();
        try
        {
            await session.SendEachAsync(_sql, [.. targets.Select(Bind)], texts, deadline, stop);
        }
        finally
        {
            foreach (var (index, text) in texts)
            {
                answers[index] = new(text == Sent, text is Sent or Gone ? null : text);
            }
        }
    }

    private static Action<NpgsqlParameterCollection> Bind(StopTarget target) => parameters =>
    {
        parameters.AddWithValue(target.ProcessId);
        parameters.AddWithValue(target.BackendStart.ToUniversalTime());
        parameters.Add(Time(target.QueryStart));
        parameters.Add(Time(target.TransactionStart));
        parameters.AddWithValue(target.IsIdle);
    };

    private static NpgsqlParameter Time(DateTimeOffset? time) =>
        new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = time is { } known ? known.ToUniversalTime() : DBNull.Value };
}

/// <param name="IsSent">True when the signal was sent; otherwise the work is not there any more, or it was refused.</param>
/// <param name="Refusal">Why it was refused.</param>
internal sealed record StopAnswer(bool IsSent, string? Refusal);
