using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Connections;

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

        var graph = new BlockingGraph(await session.QueryAsync(BlockingGraph.Query, _ => { }, BlockingGraph.Read, stop));
        var roots = graph.Roots.ToHashSet();
        var backends = await session.QueryAsync(
            Sessions,
            parameters =>
            {
                parameters.AddWithValue(roots.ToArray());
                parameters.AddWithValue(minimum);
                // Somebody who names a process wants to see it, whatever it does.
                parameters.AddWithValue(filter.IncludeIdleInTransaction || filter.ProcessIds.Count > 0);
                parameters.AddWithValue(filter.ProcessIds.ToArray());
            },
            Backend.Read,
            stop);
        return
        [
            .. backends
                .Where(backend => roots.Contains(backend.ProcessId) ? backend.TransactionAge >= minimum : !filter.RootBlockersOnly)
                // The command before this one may still be closing.
                .Where(backend => backend.Application != PostgresConnector.ApplicationName || roots.Contains(backend.ProcessId) || filter.ProcessIds.Contains(backend.ProcessId))
                .Where(backend => Fits(backend, filter))
                .Select(backend => Describe(backend, graph))
                .OrderByDescending(query => query.Duration),
        ];
    }

    private bool Fits(Backend backend, LongQueryFilter filter) =>
        (filter.Databases.Count == 0 ? backend.Database == session.Facts.Database : Any(filter.Databases, backend.Database))
        && (filter.Users.Count == 0 || Any(filter.Users, backend.User))
        && (filter.Applications.Count == 0 || Any(filter.Applications, backend.Application))
        && (filter.Pattern is null || Wildcard.Matches(filter.Pattern, backend.Query));

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
