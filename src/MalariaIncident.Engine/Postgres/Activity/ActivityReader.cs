using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Postgres.Activity;

/// <summary>Finds long-running sessions. Only client backends: signalling a walsender or a background worker repairs nothing.</summary>
internal sealed class ActivityReader(PostgresSession session, Scope scope)
{
    public static readonly TimeSpan UsualMinimum = TimeSpan.FromMinutes(5);

    private const string Sessions =
        $"""
        SELECT {Backend.Columns}
        FROM pg_stat_activity a
        WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
          AND (a.pid = ANY($1)
            OR a.state NOT LIKE 'idle%' AND a.query_start <= clock_timestamp() - $2
            OR $3 AND a.state LIKE 'idle in transaction%' AND a.xact_start <= clock_timestamp() - $2)
          AND (cardinality($4::int[]) = 0 OR a.pid = ANY($4))
        """;

    private const int KnowsStatements = 14;
    private const string Statements = "SELECT a.pid, a.query_id FROM pg_stat_activity a WHERE a.state = 'active' AND a.query_id = ANY($1)";

    /// <summary>DatabaseForbidden with the GRANT that is missing: without it others' sessions look idle, and nothing would be found.</summary>
    public static void EnsureOthersAreSeen(PostgresSession session)
    {
        if (!session.Facts.SeesOthers)
        {
            throw new IncidentException(
                FailureKind.DatabaseForbidden,
                $"The role '{session.Facts.Role}' cannot see what other sessions of {session.Server} do: \"no long query\" would prove nothing.",
                session.Facts.Role,
                advice: $"Have an administrator run: GRANT pg_read_all_stats TO {SqlName.Quote(session.Facts.Role)};");
        }

        if (!session.Facts.TracksActivities)
        {
            throw new IncidentException(
                FailureKind.DatabaseRefused,
                $"{session.Server} does not track what its sessions do (track_activities is off).",
                session.Server,
                advice: "Have an administrator run: ALTER SYSTEM SET track_activities = on; SELECT pg_reload_conf();");
        }
    }

    public async Task<IReadOnlyList<LongQuery>> FindAsync(LongQueryFilter filter, CancellationToken stop)
    {
        EnsureOthersAreSeen(session);
        var minimum = filter.MinimumDuration ?? (filter.RootBlockersOnly || filter.ProcessIds.Count > 0 ? TimeSpan.Zero : UsualMinimum);
        if (minimum < TimeSpan.Zero)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"The minimum duration {minimum} is negative.", minimum);
        }

        var running = await RunningAsync(filter.Statements, stop);
        var graph = new BlockingGraph(await session.QueryAsync(BlockingGraph.Query, _ => { }, BlockingGraph.Read, stop));
        var roots = graph.Roots.ToHashSet();
        var backends = await session.QueryAsync(
            Sessions,
            parameters =>
            {
                parameters.AddWithValue(roots.ToArray());
                parameters.AddWithValue(minimum);
                // Somebody who names a process wants to see it, whatever it does.
                parameters.AddWithValue(filter.IncludeIdleInTransaction || filter.ProcessIds.Count > 0 || filter.Groups.Any(group => SessionStates.IsIdleInTransaction(group.State)));
                parameters.AddWithValue(filter.ProcessIds.ToArray());
            },
            Backend.Read,
            stop);
        return
        [
            .. backends
                .Where(backend => roots.Contains(backend.ProcessId) ? backend.HoldingAge >= minimum : !filter.RootBlockersOnly)
                // The command before this one may still be closing.
                .Where(backend => backend.Application != PostgresConnector.ApplicationName || roots.Contains(backend.ProcessId) || filter.ProcessIds.Contains(backend.ProcessId))
                .Where(backend => Fits(backend, filter))
                .Where(backend => filter.Statements.Count == 0 || running.TryGetValue(backend.ProcessId, out var statement) && filter.Statements.Any(one => Runs(backend, statement, one)))
                .Select(backend => Describe(backend, graph))
                .OrderByDescending(query => query.Duration),
        ];
    }

    private bool Fits(Backend backend, LongQueryFilter filter) =>
        // A group and a statement name their database, and a process id is one of the whole server.
        (filter.Databases.Count > 0 ? Any(filter.Databases, backend.Database) : filter.Groups.Count + filter.Statements.Count + filter.ProcessIds.Count > 0 || backend.Database == session.Facts.Database)
        && (filter.Groups.Count == 0 || filter.Groups.Any(group => IsOf(backend, group)))
        && (filter.Users.Count == 0 || Any(filter.Users, backend.User))
        && (filter.Applications.Count == 0 || Any(filter.Applications, backend.Application))
        && (filter.Pattern is null || Wildcard.Matches(filter.Pattern, backend.Query));

    private static bool IsOf(Backend backend, DatabaseConnection group) =>
        (backend.Database, backend.User, backend.Application, backend.Host, backend.State) == (group.Database, group.User, group.Application, group.Client, group.State);

    private static bool Runs(Backend backend, long statement, SlowQuery one) => (backend.Database, backend.User, statement) == (one.Database, one.User, one.QueryId);

    /// <summary>Which statement each session runs, by its number in pg_stat_statements.</summary>
    private async Task<Dictionary<int, long>> RunningAsync(IReadOnlyList<SlowQuery> statements, CancellationToken stop)
    {
        if (statements.Count == 0)
        {
            return [];
        }

        if (session.Facts.Major < KnowsStatements)
        {
            throw new IncidentException(
                FailureKind.DatabaseRefused,
                $"PostgreSQL {session.Facts.Major} does not tell which session runs a statement of pg_stat_statements; {KnowsStatements} and later do.",
                session.Server,
                advice: "Choose the sessions by their text: Get-LongQuery -Pattern '*...*' | Stop-LongQuery.");
        }

        var running = await session.QueryAsync(
            Statements, parameters => parameters.AddWithValue(statements.Select(one => one.QueryId).ToArray()), row => (ProcessId: row.GetInt32(0), Statement: row.GetInt64(1)), stop);
        return running.ToDictionary(one => one.ProcessId, one => one.Statement);
    }

    private static bool Any(IReadOnlyList<string> patterns, string? name) => patterns.Any(pattern => Wildcard.Matches(pattern, name ?? ""));

    /// <summary>A session as the contracts tell it.</summary>
    public LongQuery Describe(Backend backend, BlockingGraph graph) => new()
    {
        Incident = scope.Incident,
        Environment = scope.Environment,
        Server = session.Server,
        Encryption = session.Encryption,
        Standby = session.Facts.IsStandby,
        Database = backend.Database,
        ProcessId = backend.ProcessId,
        BackendStart = backend.BackendStart,
        QueryStart = backend.QueryStart,
        TransactionStart = backend.TransactionStart,
        Duration = backend.IsIdleInTransaction ? backend.TransactionAge : backend.QueryAge,
        User = backend.User,
        Application = backend.Application,
        Client = backend.Client,
        State = backend.State,
        // A session that waits for its client to speak waits for nothing in the database.
        WaitsFor = backend.WaitType is null or "Client" ? null : $"{backend.WaitType}: {backend.WaitEvent}",
        BlockedBy = graph.BlockersOf(backend.ProcessId),
        Blocks = graph.AllWaitersOf(backend.ProcessId).Count,
        Query = backend.Query,
        Scope = scope,
    };
}
