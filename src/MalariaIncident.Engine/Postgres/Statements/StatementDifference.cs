namespace MalariaIncident.Engine.Postgres.Statements;

/// <summary>What was added between two moments.</summary>
internal static class StatementDifference
{
    public static (string Database, string? User, long QueryId) Key(SlowQuery query) => (query.Database, query.User, query.QueryId);

    public static SlowQuery Sum(IEnumerable<SlowQuery> entries) => entries.Aggregate((one, other) => one with
    {
        Calls = one.Calls + other.Calls,
        TotalTime = one.TotalTime + other.TotalTime,
        MaximumTime = one.MaximumTime > other.MaximumTime ? one.MaximumTime : other.MaximumTime,
        Rows = one.Rows + other.Rows,
        BlocksHit = one.BlocksHit + other.BlocksHit,
        BlocksRead = one.BlocksRead + other.BlocksRead,
        IoTime = one.IoTime + other.IoTime,
        TemporaryBlocks = one.TemporaryBlocks + other.TemporaryBlocks,
    });

    /// <summary>Statements without new calls are left out. One whose counters went back was reset in between, and counts from there.</summary>
    public static IReadOnlyList<SlowQuery> Since(IReadOnlyList<SlowQuery> earlier, IReadOnlyList<SlowQuery> now)
    {
        var before = earlier.GroupBy(Key).ToDictionary(entries => entries.Key, Sum);
        var from = earlier.Max(query => query.ReadAt);
        return
        [
            .. now.Select(query => before.TryGetValue(Key(query), out var old) && old.Calls <= query.Calls ? Minus(query, old) : query)
                .Where(query => query.Calls > 0)
                .Select(query => query with { CountedFrom = query.CountedFrom > from ? query.CountedFrom : from }),
        ];
    }

    private static SlowQuery Minus(SlowQuery now, SlowQuery before) => now with
    {
        Calls = now.Calls - before.Calls,
        TotalTime = now.TotalTime - before.TotalTime,
        Rows = now.Rows - before.Rows,
        BlocksHit = now.BlocksHit - before.BlocksHit,
        BlocksRead = now.BlocksRead - before.BlocksRead,
        IoTime = now.IoTime - before.IoTime,
        TemporaryBlocks = now.TemporaryBlocks - before.TemporaryBlocks,
    };
}
