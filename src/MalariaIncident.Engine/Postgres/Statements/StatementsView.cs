using MalariaIncident.Engine.Postgres.Connections;

namespace MalariaIncident.Engine.Postgres.Statements;

/// <summary>pg_stat_statements as this server has it: its columns were renamed in 13 and in 17, and it can be in any schema.</summary>
internal sealed class StatementsView
{
    private const string Columns =
        """
        SELECT n.nspname::text, a.attname::text, c.relname::text
        FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname IN ('pg_stat_statements', 'pg_stat_statements_info')
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE e.extname = 'pg_stat_statements'
        """;

    private readonly string _schema;
    private readonly HashSet<string> _columns;
    private readonly bool _knowsReset;

    /// <param name="schema">Quoted.</param>
    /// <param name="columns">Of the view.</param>
    /// <param name="knowsReset">True where the view that tells of the last reset is there (1.9, PostgreSQL 14).</param>
    public StatementsView(string schema, HashSet<string> columns, bool knowsReset)
    {
        _schema = schema;
        _columns = columns;
        _knowsReset = knowsReset;
    }

    /// <summary>DatabaseExtensionMissing where it is not in this database.</summary>
    public static async Task<StatementsView> FindAsync(PostgresSession session, CancellationToken stop)
    {
        var found = await session.QueryAsync(Columns, _ => { }, row => (Schema: row.GetString(0), Column: row.GetString(1), View: row.GetString(2)), stop);
        return found.Count == 0
            ? throw Missing(session, $"the extension pg_stat_statements is not in the database '{session.Facts.Database}'")
            : new(
                SqlName.Quote(found[0].Schema),
                found.Where(entry => entry.View == "pg_stat_statements").Select(entry => entry.Column).ToHashSet(StringComparer.Ordinal),
                found.Any(entry => entry.View == "pg_stat_statements_info"));
    }

    public static IncidentException Missing(PostgresSession session, string why) => new(
        FailureKind.DatabaseExtensionMissing,
        $"{session.Server} keeps no statistics of statements here: {why}.",
        "pg_stat_statements",
        advice: "Have an administrator add pg_stat_statements to shared_preload_libraries, restart the server, and run in this database: CREATE EXTENSION pg_stat_statements; Until then Get-LongQuery shows what runs now.");

    public string Query
    {
        get
        {
            var time = First("total_exec_time", "total_time");
            var reads = _columns.Contains("shared_blk_read_time") ? "s.shared_blk_read_time + s.shared_blk_write_time" : "s.blk_read_time + s.blk_write_time";
            var reset = _knowsReset ? $"(SELECT stats_reset FROM {_schema}.pg_stat_statements_info)" : "NULL::timestamptz";
            return $"""
                SELECT d.datname::text, r.rolname::text, coalesce(s.queryid, 0), s.query, s.calls, s.{time}::float8, s.{First("max_exec_time", "max_time")}::float8, s.rows,
                       s.shared_blks_hit + s.local_blks_hit, s.shared_blks_read + s.local_blks_read, ({reads})::float8, s.temp_blks_read + s.temp_blks_written,
                       {reset}, clock_timestamp()
                FROM {_schema}.pg_stat_statements s
                LEFT JOIN pg_database d ON d.oid = s.dbid LEFT JOIN pg_roles r ON r.oid = s.userid
                """;
        }
    }

    private string First(string now, string before) => _columns.Contains(now) ? now : before;
}
