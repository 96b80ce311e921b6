using MalariaIncident.Engine.Postgres.Activity;
using MalariaIncident.Engine.Postgres.Connections;
using Npgsql;

namespace MalariaIncident.Engine.Postgres.Locks;

/// <summary>Who waits for whom, for what, since when, and who would go on if it ended.</summary>
internal sealed class LockReader(PostgresSession session, Scope scope)
{
    private const int MostHeld = 20;

    private const string Sessions =
        $"""
        SELECT {Backend.Columns}, a.backend_type
        FROM pg_stat_activity a
        WHERE a.pid = ANY($1)
        """;

    public async Task<IReadOnlyList<DatabaseLock>> ReadAsync(CancellationToken stop)
    {
        ActivityReader.EnsureOthersAreSeen(session);
        var graph = new BlockingGraph(await session.QueryAsync(BlockingGraph.Query, _ => { }, BlockingGraph.Read, stop));
        var tree = LockTree.Of(graph);
        if (tree.Count == 0)
        {
            return [];
        }

        var pids = tree.Select(entry => entry.ProcessId).ToArray();
        var sessions = (await session.QueryAsync(Sessions, parameters => parameters.AddWithValue(pids), Read, stop)).ToDictionary(row => row.Backend.ProcessId);
        var blockers = pids.Where(pid => graph.WaitersOf(pid).Count > 0).ToArray();
        var locks = (await session.QueryAsync(LockRow.Query(session.Facts.Major), parameters => parameters.AddWithValue(blockers), LockRow.Read, stop))
            .ToLookup(row => row.ProcessId);
        var prepared = graph.WaitersOf(0).Count == 0 ? [] : await session.QueryAsync(PreparedRow.Query, _ => { }, PreparedRow.Read, stop);
        var freed = LockTree.FreedByRoot(graph);

        return
        [
            .. tree.SelectMany(entry => entry.ProcessId == 0
                ? prepared.Where(row => locks[0].Any(held => held.PreparedTransaction == row.Identifier && held.Contended))
                    .Select(row => Describe(row, locks[0], graph, freed[0]))
                : sessions.TryGetValue(entry.ProcessId, out var found)
                    ? [Describe(found, entry.Depth, entry.Root, locks[entry.ProcessId], graph, freed[entry.ProcessId])]
                    // It ended between two looks; whoever waited for it goes on by now.
                    : Array.Empty<DatabaseLock>()),
        ];
    }

    private static (Backend Backend, string Kind) Read(NpgsqlDataReader row) => (Backend.Read(row), row.GetString(row.FieldCount - 1));

    private DatabaseLock Describe(
        (Backend Backend, string Kind) found, int depth, int root, IEnumerable<LockRow> locks, BlockingGraph graph, IEnumerable<int> freed)
    {
        var backend = found.Backend;
        var isClient = found.Kind == "client backend";
        var waits = locks.FirstOrDefault(row => !row.Granted);
        return Basis() with
        {
            Database = backend.Database,
            ProcessId = backend.ProcessId,
            Depth = depth,
            Root = root,
            RootBlocker = graph.BlockersOf(backend.ProcessId).Count == 0,
            BlockedBy = graph.BlockersOf(backend.ProcessId),
            Blocks = graph.AllWaitersOf(backend.ProcessId).Count,
            Frees = freed.Order().ToArray(),
            WaitsFor = waits is null ? null : WaitText(waits, locks),
            Waited = waits is null ? null : waits.Waited ?? backend.QueryAge,
            Holds = Held(locks),
            TransactionStart = backend.TransactionStart,
            TransactionAge = backend.TransactionAge,
            User = backend.User,
            Application = backend.Application,
            Client = backend.Client,
            State = isClient ? backend.State : found.Kind,
            Query = backend.Query,
            Advice = isClient ? null : $"It is not a client's session but a {found.Kind}; Stop-LongQuery leaves it alone.",
            Session = isClient ? new ActivityReader(session, scope).Describe(backend, graph) : null,
        };
    }

    private DatabaseLock Describe(PreparedRow row, IEnumerable<LockRow> locks, BlockingGraph graph, IEnumerable<int> freed) => Basis() with
    {
        Database = row.Database,
        ProcessId = 0,
        PreparedTransaction = row.Identifier,
        Depth = 0,
        Root = 0,
        RootBlocker = true,
        Blocks = graph.AllWaitersOf(0).Count,
        Frees = freed.Order().ToArray(),
        Holds = Held(locks.Where(held => held.PreparedTransaction == row.Identifier)),
        TransactionStart = row.Prepared,
        TransactionAge = row.Age,
        User = row.Owner,
        State = "prepared",
        Advice = $"It has no session to stop. Ask the owner of the transaction; then, in {row.Database}: ROLLBACK PREPARED '{row.Identifier.Replace("'", "''", StringComparison.Ordinal)}';",
    };

    private DatabaseLock Basis() => new()
    {
        Incident = scope.Incident,
        Environment = scope.Environment,
        Server = session.Server,
        Encryption = session.Encryption,
        Standby = session.Facts.IsStandby,
        Database = "",
        ProcessId = 0,
        Depth = 0,
        Root = 0,
        RootBlocker = false,
        State = "",
    };

    /// <summary>A wait for a row shows as a wait for the transaction that changed it; the row itself is in a lock that the first in the queue holds.</summary>
    private static string WaitText(LockRow waits, IEnumerable<LockRow> locks) =>
        locks.FirstOrDefault(row => row is { Granted: true, IsRow: true }) is { } place ? $"{waits.Text} ({place.Object})" : waits.Text;

    // Arrays, since PowerShell cannot index into the list that a collection expression makes.
    private static string[] Held(IEnumerable<LockRow> locks) => locks.Where(row => row.Granted)
        .OrderByDescending(row => row.Contended)
        .ThenByDescending(row => row.Mode.StartsWith("AccessExclusive", StringComparison.Ordinal))
        .ThenBy(row => row.Object, StringComparer.Ordinal)
        .Select(row => row.Text)
        .Distinct(StringComparer.Ordinal)
        .Take(MostHeld)
        .ToArray();
}
