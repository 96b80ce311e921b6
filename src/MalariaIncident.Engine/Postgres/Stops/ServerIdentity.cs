using MalariaIncident.Engine.Postgres.Connections;

namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>
/// Which server this is, whatever its name and however often it was started. A cluster has a number of its own, which its standbys share; a promotion begins a new timeline, and a restart does not. Of
/// standbys only the address tells one from another.
/// </summary>
internal static class ServerIdentity
{
    /// <summary>PostgreSQL 12 to 17 let everyone call it. Asked before: in a transaction a refusal would end what follows.</summary>
    private const string MayAsk =
        "SELECT coalesce(bool_and(has_function_privilege(oid, 'EXECUTE')), false) FROM pg_catalog.pg_proc WHERE proname = 'pg_control_system' AND pronamespace = 'pg_catalog'::regnamespace";

    private const string Query =
        """
        SELECT system_identifier::text || CASE WHEN pg_is_in_recovery()
          THEN ' standby ' || coalesce(host(inet_server_addr()), '') || ':' || coalesce(inet_server_port()::text, '')
          ELSE ' timeline ' || left(pg_walfile_name(pg_current_wal_lsn()), 8) END
        FROM pg_control_system()
        """;

    /// <summary>Null where the server does not say.</summary>
    public static async Task<string?> OfAsync(PostgresSession session, CancellationToken stop) =>
        (await session.QueryAsync(MayAsk, _ => { }, row => row.GetBoolean(0), stop)).Single()
            ? (await session.QueryAsync(Query, _ => { }, row => row.GetString(0), stop)).Single()
            : null;
}
