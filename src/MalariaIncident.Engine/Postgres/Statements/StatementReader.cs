using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Activity;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Text;
using Npgsql;

namespace MalariaIncident.Engine.Postgres.Statements;

/// <summary>What the server has spent its time on.</summary>
internal sealed class StatementReader(PostgresSession session, Scope scope)
{
    public async Task<IReadOnlyList<SlowQuery>> ReadAsync(SlowQueryOptions options, CancellationToken stop)
    {
        if (options.Count < 0)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"A list of {options.Count} statements cannot be made.", options.Count);
        }

        ActivityReader.EnsureOthersAreSeen(session);
        var view = await StatementsView.FindAsync(session, stop);
        var read = await AllAsync(view, stop);
        var counted = options.Since is { Count: > 0 } earlier ? StatementDifference.Since(earlier, read) : read;
        var total = counted.Sum(query => query.TotalTime.TotalSeconds);
        var chosen = counted.Where(query => Fits(query, options))
            .Select(query => query with { Share = total > 0 ? 100 * query.TotalTime.TotalSeconds / total : 0 })
            .OrderByDescending(query => Weight(query, options.Order))
            .ThenByDescending(query => query.TotalTime);
        return [.. options.Count == 0 ? chosen : chosen.Take(options.Count)];
    }

    private async Task<IReadOnlyList<SlowQuery>> AllAsync(StatementsView view, CancellationToken stop)
    {
        try
        {
            // One statement can have several entries (called by a client, and from within a function): together they are one cost.
            return [.. (await session.QueryAsync(view.Query, _ => { }, Read, stop)).GroupBy(StatementDifference.Key).Select(StatementDifference.Sum)];
        }
        catch (IncidentException refusal) when (refusal.Message.Contains("shared_preload_libraries", StringComparison.Ordinal))
        {
            throw StatementsView.Missing(session, "pg_stat_statements is not loaded by the server");
        }
    }

    private bool Fits(SlowQuery query, SlowQueryOptions options) =>
        (options.Databases.Count == 0 ? query.Database == session.Facts.Database : options.Databases.Any(pattern => Wildcard.Matches(pattern, query.Database)))
        && (options.Users.Count == 0 || options.Users.Any(pattern => Wildcard.Matches(pattern, query.User ?? "")))
        && (options.Pattern is null || Wildcard.Matches(options.Pattern, query.Query));

    private static double Weight(SlowQuery query, SlowQueryOrder order) => order switch
    {
        SlowQueryOrder.MeanTime => query.MeanTime.TotalSeconds,
        SlowQueryOrder.Calls => query.Calls,
        SlowQueryOrder.BlocksRead => query.BlocksRead,
        _ => query.TotalTime.TotalSeconds,
    };

    private SlowQuery Read(NpgsqlDataReader row) => new()
    {
        Incident = scope.Incident,
        Environment = scope.Environment,
        Server = session.Server,
        Encryption = session.Encryption,
        Standby = session.Facts.IsStandby,
        Database = row.IsDBNull(0) ? "" : row.GetString(0),
        User = row.IsDBNull(1) ? null : row.GetString(1),
        QueryId = row.GetInt64(2),
        Query = row.IsDBNull(3) ? "" : row.GetString(3),
        Calls = row.GetInt64(4),
        TotalTime = TimeSpan.FromMilliseconds(row.GetDouble(5)),
        MaximumTime = TimeSpan.FromMilliseconds(row.GetDouble(6)),
        Rows = row.GetInt64(7),
        BlocksHit = row.GetInt64(8),
        BlocksRead = row.GetInt64(9),
        IoTime = TimeSpan.FromMilliseconds(row.GetDouble(10)),
        TemporaryBlocks = row.GetInt64(11),
        CountedFrom = row.IsDBNull(12) ? null : row.GetFieldValue<DateTimeOffset>(12),
        ReadAt = row.GetFieldValue<DateTimeOffset>(13),
        Scope = scope,
    };
}
