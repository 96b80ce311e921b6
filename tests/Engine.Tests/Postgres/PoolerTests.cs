using MalariaIncident;

namespace Engine.Tests.Postgres;

/// <summary>Behind PgBouncer a pid is not the server's and a cancel can hit another query: reading is allowed, signalling refused.</summary>
public sealed class PoolerTests(PooledServer server) : IClassFixture<PooledServer>
{
    [SkippableFact]
    public async Task Reading_is_allowed_and_signalling_refused()
    {
        await using var session = await Session.OpenAsync(server.Pooler.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(95)", server.Postgres);
        var room = new Room(server.Pooler.ConnectionString);

        var seen = Assert.Single(await room.FindAllAsync(), query => query.Query == "SELECT pg_sleep(95)");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.PlanAsync(room.Request(seen)));

        Assert.NotEmpty(await room.Databases.GetConnectionsAsync(room.Scope, CancellationToken.None).ToListAsync());
        Assert.NotEmpty(await room.Databases.GetSlowQueriesAsync(room.Scope, new(), CancellationToken.None).ToListAsync());
        Assert.Equal(FailureKind.DatabaseThroughPooler, failure.Kind);
        Assert.Contains("Nothing was sent", failure.Message, StringComparison.Ordinal);
        Assert.Equal("active", await server.Postgres.AskAsync<string>($"SELECT state FROM pg_stat_activity WHERE pid = {seen.ProcessId}"));
    }

    [SkippableFact]
    public async Task A_plan_made_directly_is_not_carried_out_through_a_pooler()
    {
        await using var session = await Session.OpenAsync(server.Postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(96)", server.Postgres);
        var direct = new Room(server.Postgres.Server.ConnectionString);
        var plan = await direct.PlanAsync(direct.Request(await direct.FindAsync(new() { ProcessIds = [session.ProcessId] })));
        var room = new Room(server.Pooler.ConnectionString);

        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.StopAsync(plan));

        Assert.Equal(FailureKind.DatabaseThroughPooler, failure.Kind);
        Assert.Equal("active", await server.Postgres.AskAsync<string>($"SELECT state FROM pg_stat_activity WHERE pid = {session.ProcessId}"));
    }

    [SkippableFact]
    public async Task The_console_is_no_database()
    {
        var failure = await Assert.ThrowsAsync<IncidentException>(new Room(server.Pooler.Console).FindAllAsync);

        Assert.Equal(FailureKind.DatabaseThroughPooler, failure.Kind);
        Assert.Contains("administration console of PgBouncer", failure.Message, StringComparison.Ordinal);
    }
}
