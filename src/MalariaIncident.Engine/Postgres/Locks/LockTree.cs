using MalariaIncident.Engine.Postgres.Activity;

namespace MalariaIncident.Engine.Postgres.Locks;

/// <summary>The order in which a blocking graph is told: every root, then its waiters, each once, at the depth it was first met.</summary>
internal static class LockTree
{
    public static IReadOnlyList<(int ProcessId, int Depth, int Root)> Of(BlockingGraph graph)
    {
        var order = new List<(int ProcessId, int Depth, int Root)>();
        var told = new HashSet<int>();
        // The worst first: whoever holds up the most.
        foreach (var root in graph.Roots.OrderByDescending(root => graph.AllWaitersOf(root).Count))
        {
            Tell(root, 0, root);
        }

        // A deadlock has no root until the server resolves it; whoever is left is told as it comes.
        foreach (var waiter in graph.Waiters)
        {
            Tell(waiter, 0, waiter);
        }

        return order;

        void Tell(int start, int depth, int root)
        {
            // Not by recursion: a queue of thousands is as deep.
            var open = new Stack<(int ProcessId, int Depth)>([(start, depth)]);
            while (open.TryPop(out var next))
            {
                if (told.Add(next.ProcessId))
                {
                    order.Add((next.ProcessId, next.Depth, root));
                    foreach (var waiter in graph.WaitersOf(next.ProcessId).OrderDescending())
                    {
                        open.Push((waiter, next.Depth + 1));
                    }
                }
            }
        }
    }

    /// <summary>Those that wait for nobody else in the end: ending the root lets them go on, one after the other.</summary>
    public static ILookup<int, int> FreedByRoot(BlockingGraph graph) =>
        graph.Roots.SelectMany(root => graph.AllWaitersOf(root).Select(waiter => (Root: root, Waiter: waiter)))
            .GroupBy(pair => pair.Waiter)
            .Where(roots => roots.Count() == 1)
            .ToLookup(roots => roots.First().Root, roots => roots.Key);
}
