using MalariaIncident.Engine.Postgres.Connections;
using Npgsql;

namespace MalariaIncident.Engine.Postgres.Activity;

/// <summary>Client connections in every state, grouped by the server, so that ten thousand come as a handful of rows.</summary>
internal sealed class ConnectionReader(PostgresSession session, Scope scope)
{
    // Only client backends count against max_connections; walsenders and workers have places of their own.
    private const string Groups =
        """
        SELECT a.datname::text, a.usename::text, a.application_name::text, coalesce(nullif(a.client_hostname, ''), host(a.client_addr), 'local socket'),
               coalesce(a.state, 'starting'), count(*)::int, count(*) FILTER (WHERE a.wait_event_type = 'Lock')::int,
               coalesce(max(extract(epoch from clock_timestamp() - coalesce(a.state_change, a.backend_start))), 0)::float8,
               sum(count(*)) OVER ()::int,
               current_setting('max_connections')::int,
               current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true), '0')::int
        FROM pg_stat_activity a
        WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
        GROUP BY 1, 2, 3, 4, 5
        ORDER BY 6 DESC, 1, 2, 3, 4, 5
        """;

    public async Task<IReadOnlyList<DatabaseConnection>> ReadAsync(CancellationToken stop)
    {
        ActivityReader.EnsureOthersAreSeen(session);
        return await session.QueryAsync(Groups, _ => { }, Read, stop);
    }

    private DatabaseConnection Read(NpgsqlDataReader row) => new()
    {
        Incident = scope.Incident,
        Environment = scope.Environment,
        Server = session.Server,
        Encryption = session.Encryption,
        Standby = session.Facts.IsStandby,
        Database = row.IsDBNull(0) ? null : row.GetString(0),
        User = row.IsDBNull(1) ? null : row.GetString(1),
        Application = row.IsDBNull(2) || row.GetString(2).Length == 0 ? null : row.GetString(2),
        Client = row.GetString(3),
        State = row.GetString(4),
        Count = row.GetInt32(5),
        Waiting = row.GetInt32(6),
        Oldest = TimeSpan.FromSeconds(Math.Max(0, row.GetDouble(7))),
        Used = row.GetInt32(8),
        Maximum = row.GetInt32(9),
        Reserved = row.GetInt32(10),
        Scope = scope,
    };
}
