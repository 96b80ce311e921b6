using MalariaIncident.Engine.Postgres.Activity;
using MalariaIncident.Engine.Postgres.Connections;
using Npgsql;

namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>The backends of a request as they are when the plan is made.</summary>
internal sealed class SecondLook
{
    private const string Sessions =
        """
        SELECT a.pid, a.backend_start, a.query_start, a.xact_start, coalesce(a.state, ''), false, a.backend_type,
               coalesce(r.rolsuper, false), coalesce(pg_has_role(a.usesysid, 'USAGE'), false)
        FROM pg_stat_activity a LEFT JOIN pg_roles r ON r.oid = a.usesysid
        WHERE a.pid = ANY($1)
        """;

    private readonly Dictionary<int, Seen> _seen;

    private SecondLook(IEnumerable<Seen> seen, BlockingGraph graph)
    {
        _seen = seen.ToDictionary(entry => entry.State.ProcessId);
        Graph = graph;
    }

    public BlockingGraph Graph { get; }

    public static async Task<SecondLook> AsOfNowAsync(PostgresSession session, IReadOnlyList<LongQuery> queries, CancellationToken stop)
    {
        var pids = queries.Select(query => query.ProcessId).ToArray();
        var graph = new BlockingGraph(await session.QueryAsync(BlockingGraph.Query, _ => { }, BlockingGraph.Read, stop));
        var seen = await session.QueryAsync(Sessions, parameters => parameters.AddWithValue(pids), Seen.Read, stop);
        return new(seen, graph);
    }

    /// <summary>The very session, or null when it has ended.</summary>
    public Seen? Find(LongQuery query) =>
        _seen.TryGetValue(query.ProcessId, out var entry) && entry.State.BackendStart == query.BackendStart ? entry : null;

    public bool IsStill(StopTarget target) => _seen.TryGetValue(target.ProcessId, out var entry) && target.IsStill(entry.State);

    internal sealed record Seen(BackendState State, string BackendType, bool IsSuperuser, bool IsOurRole)
    {
        public bool IsClient => BackendType == "client backend";

        public static Seen Read(NpgsqlDataReader row) => new(BackendState.Read(row), row.GetString(6), row.GetBoolean(7), row.GetBoolean(8));
    }
}
