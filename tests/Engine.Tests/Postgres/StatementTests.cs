using MalariaIncident;

namespace Engine.Tests.Postgres;

/// <summary>pg_stat_statements: columns by the catalog, total time first, a missing extension said clearly.</summary>
public sealed class StatementTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const string Often = "SELECT count(*) FROM generate_series($1,$2)";

    private Room Room => new(postgres.Server.ConnectionString);

    [SkippableFact]
    public async Task What_costs_most_comes_first_and_by_mean_time_only_on_request()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.ExecuteAsync("SELECT pg_stat_statements_reset()");
        await session.ExecuteAsync("SELECT pg_sleep(1.5)");
        for (var call = 0; call < 60; call++)
        {
            await session.ExecuteAsync("SELECT count(*) FROM generate_series(1,30000)");
        }

        var byTotal = await FindAsync(new() { Pattern = "SELECT *" });
        var byMean = await FindAsync(new() { Pattern = "SELECT *", Order = SlowQueryOrder.MeanTime, Count = 1 });
        var byCalls = await FindAsync(new() { Pattern = "SELECT *", Order = SlowQueryOrder.Calls, Count = 1 });

        Assert.Equal(Often, byTotal.Single(query => query.Calls == 60).Query);
        Assert.Equal(byTotal.OrderByDescending(query => query.TotalTime).Select(query => query.QueryId), byTotal.Select(query => query.QueryId));
        Assert.Equal("SELECT pg_sleep($1)", byMean[0].Query);
        Assert.Equal(Often, byCalls[0].Query);
        Assert.InRange(byTotal.Sum(query => query.Share), 1, 100.01);
        // Before 14 the server does not say when it was reset.
        var major = await postgres.AskAsync<int>("SELECT current_setting('server_version_num')::int / 10000");
        Assert.All(byTotal, query => Assert.Equal(major >= 14, query.CountedFrom is not null));
        Assert.True(byMean[0].MeanTime >= TimeSpan.FromSeconds(1.5));
    }

    [SkippableFact]
    public async Task Between_two_moments_only_what_was_added_counts()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.ExecuteAsync("SELECT 'since', pg_sleep(0.01)");
        var before = await FindAsync(new() { Count = 0 });
        await session.ExecuteAsync("SELECT 'since', pg_sleep(0.02)");
        await session.ExecuteAsync("SELECT 'since', pg_sleep(0.02)");

        var since = await FindAsync(new() { Count = 0, Since = before, Pattern = "SELECT $1, pg_sleep($2)" });

        Assert.Equal(2, Assert.Single(since).Calls);
        Assert.True(since[0].TotalTime >= TimeSpan.FromMilliseconds(40), $"{since[0].TotalTime}");
        Assert.Equal(before.Max(query => query.ReadAt), since[0].CountedFrom);
    }

    [SkippableFact]
    public async Task A_missing_extension_is_said_with_what_to_do()
    {
        await postgres.Server.ExecuteAsync("CREATE DATABASE bare");
        var room = new Room(postgres.Server.ConnectionStringFor("postgres", PasswordOf(postgres.Server.ConnectionString), "bare"));

        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.Databases.GetSlowQueriesAsync(room.Scope, new(), CancellationToken.None).ToListAsync().AsTask());

        Assert.Equal(FailureKind.DatabaseExtensionMissing, failure.Kind);
        Assert.Contains("CREATE EXTENSION pg_stat_statements;", failure.Advice, StringComparison.Ordinal);
    }

    private static string PasswordOf(string connection) => new Npgsql.NpgsqlConnectionStringBuilder(connection).Password!;

    private async Task<IReadOnlyList<SlowQuery>> FindAsync(SlowQueryOptions options)
    {
        var room = Room;
        return await room.Databases.GetSlowQueriesAsync(room.Scope, options, CancellationToken.None).ToListAsync();
    }
}
