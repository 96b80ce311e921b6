using Npgsql;

namespace MalariaIncident.Engine.Postgres.Locks;

/// <summary>One entry of <c>pg_locks</c> that matters: waited for, or held by somebody who blocks.</summary>
/// <param name="ProcessId">0 for a prepared transaction.</param>
/// <param name="Contended">True where somebody waits for the same object.</param>
internal sealed record LockRow(int ProcessId, string? PreparedTransaction, bool Granted, string Mode, string Object, bool Contended, TimeSpan? Waited, bool IsRow)
{
    public static string Query(int major) =>
        $"""
        WITH l AS MATERIALIZED (SELECT * FROM pg_locks WHERE locktype <> 'virtualxid' OR NOT granted),
        w AS MATERIALIZED (SELECT * FROM l WHERE NOT granted),
        -- A prepared transaction is found by the lock on its own id; before a restart its locks still carry the number of the session that prepared it.
        p AS (SELECT x.gid, i.virtualtransaction FROM pg_prepared_xacts x
          JOIN l i ON i.locktype = 'transactionid' AND i.granted AND i.pid IS NULL AND i.transactionid = x.transaction)
        SELECT coalesce(l.pid, 0), p.gid, l.granted, l.mode,
               CASE l.locktype
                 WHEN 'relation' THEN {Relation}
                 WHEN 'extend' THEN 'extension of ' || {Relation}
                 WHEN 'page' THEN format('page %s of %s', l.page, {Relation})
                 WHEN 'tuple' THEN format('row (%s,%s) of %s', l.page, l.tuple, {Relation})
                 WHEN 'transactionid' THEN 'transaction ' || l.transactionid::text
                 WHEN 'virtualxid' THEN 'virtual transaction ' || l.virtualxid
                 WHEN 'advisory' THEN 'advisory lock ' || CASE l.objsubid WHEN 1 THEN ((l.classid::int8 << 32) | l.objid::int8)::text ELSE l.classid::text || ',' || l.objid::text END
                 ELSE l.locktype || ' ' || concat_ws(',', l.classid::text, l.objid::text)
               END,
               EXISTS (SELECT FROM w WHERE w.locktype = l.locktype AND w.database IS NOT DISTINCT FROM l.database AND w.relation IS NOT DISTINCT FROM l.relation
                 AND w.page IS NOT DISTINCT FROM l.page AND w.tuple IS NOT DISTINCT FROM l.tuple AND w.virtualxid IS NOT DISTINCT FROM l.virtualxid
                 AND w.transactionid IS NOT DISTINCT FROM l.transactionid AND w.classid IS NOT DISTINCT FROM l.classid
                 AND w.objid IS NOT DISTINCT FROM l.objid AND w.objsubid IS NOT DISTINCT FROM l.objsubid),
               extract(epoch from clock_timestamp() - {(major >= 14 ? "l.waitstart" : "NULL::timestamptz")})::float8,
               l.locktype = 'tuple'
        FROM l LEFT JOIN p ON l.pid IS NULL AND l.virtualtransaction = p.virtualtransaction
        WHERE NOT l.granted OR l.pid = ANY($1) OR p.gid IS NOT NULL
        """;

    // The name, where the relation is of this database; elsewhere only its number is known. A plain ::regclass of a lock on a row or a transaction is empty.
    private const string Relation =
        """
        CASE WHEN l.database IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) THEN l.relation::regclass::text
             ELSE format('relation %s of database %s', l.relation, (SELECT datname FROM pg_database WHERE oid = l.database)) END
        """;

    public string Text => $"{Mode} on {Object}";

    public static LockRow Read(NpgsqlDataReader row) => new(
        row.GetInt32(0),
        row.IsDBNull(1) ? null : row.GetString(1),
        row.GetBoolean(2),
        row.GetString(3),
        row.IsDBNull(4) ? "an object that is gone" : row.GetString(4),
        row.GetBoolean(5),
        row.IsDBNull(6) ? null : TimeSpan.FromSeconds(Math.Max(0, row.GetDouble(6))),
        row.GetBoolean(7));
}
