using MalariaIncident.Engine.Postgres.Activity;
using MalariaIncident.Engine.Postgres.Locks;

namespace Engine.Tests.Postgres;

public sealed class BlockingGraphTests
{
    [Fact]
    public void Who_has_two_roots_is_freed_by_neither_alone()
    {
        var graph = new BlockingGraph([(10, [1]), (11, [1, 2]), (12, [11])]);

        Assert.Equal([1, 2], graph.Roots);
        Assert.Equal(3, graph.AllWaitersOf(1).Count);
        var freed = LockTree.FreedByRoot(graph);
        Assert.Equal([10], freed[1]);
        Assert.Empty(freed[2]);
    }

    [Fact]
    public void A_deadlock_has_no_root_and_is_told_all_the_same()
    {
        var graph = new BlockingGraph([(1, [2]), (2, [1])]);

        Assert.Empty(graph.Roots);
        Assert.Equal([1, 2], LockTree.Of(graph).Select(entry => entry.ProcessId).Order());
        Assert.Single(graph.AllWaitersOf(1));
    }

    [Fact]
    public void A_chain_of_ten_thousand_is_told_without_recursion()
    {
        var graph = new BlockingGraph(Enumerable.Range(2, 10_000).Select(pid => (pid, new[] { pid - 1 })));

        var tree = LockTree.Of(graph);

        Assert.Equal(10_001, tree.Count);
        Assert.Equal(10_000, tree[^1].Depth);
    }
}
