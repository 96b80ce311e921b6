using Npgsql;

namespace MalariaIncident.Engine.Postgres.Activity;

/// <summary>Who waits for whom. A prepared transaction blocks as process 0: it has no session.</summary>
internal sealed class BlockingGraph
{
    /// <summary>Asked only of those that wait for a lock: every call of pg_blocking_pids stops the lock manager for a moment.</summary>
    public const string Query =
        "SELECT a.pid, pg_blocking_pids(a.pid) FROM pg_stat_activity a WHERE a.wait_event_type = 'Lock' AND a.pid <> pg_backend_pid()";

    private readonly Dictionary<int, int[]> _blockers;
    private readonly Dictionary<int, List<int>> _waiters = [];

    public BlockingGraph(IEnumerable<(int ProcessId, int[] Blockers)> waits)
    {
        _blockers = waits.Where(wait => wait.Blockers.Length > 0).ToDictionary(wait => wait.ProcessId, wait => wait.Blockers.Distinct().ToArray());
        foreach (var (waiter, blockers) in _blockers)
        {
            foreach (var blocker in blockers)
            {
                if (!_waiters.TryGetValue(blocker, out var waiters))
                {
                    _waiters[blocker] = waiters = [];
                }

                waiters.Add(waiter);
            }
        }
    }

    public static (int ProcessId, int[] Blockers) Read(NpgsqlDataReader row) => (row.GetInt32(0), row.GetFieldValue<int[]>(1));

    /// <summary>Sessions that block and wait for nobody themselves; 0 for prepared transactions.</summary>
    public IReadOnlyList<int> Roots => [.. _waiters.Keys.Where(blocker => !_blockers.ContainsKey(blocker)).Order()];

    /// <summary>Everyone who waits.</summary>
    public IReadOnlyCollection<int> Waiters => _blockers.Keys;

    public IReadOnlyList<int> BlockersOf(int processId) => _blockers.GetValueOrDefault(processId, []);

    public IReadOnlyList<int> WaitersOf(int processId) => _waiters.TryGetValue(processId, out var waiters) ? waiters : [];

    /// <summary>Everyone who waits for it, directly or through others.</summary>
    public IReadOnlyCollection<int> AllWaitersOf(int processId)
    {
        var found = new HashSet<int>();
        var open = new Queue<int>([processId]);
        while (open.TryDequeue(out var blocker))
        {
            foreach (var waiter in WaitersOf(blocker))
            {
                // In a deadlock the way leads back to the beginning.
                if (waiter != processId && found.Add(waiter))
                {
                    open.Enqueue(waiter);
                }
            }
        }

        return found;
    }
}
