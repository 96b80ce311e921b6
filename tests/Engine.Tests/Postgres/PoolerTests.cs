using MalariaIncident;
using Npgsql;

namespace Engine.Tests.Postgres;

/// <summary>Behind PgBouncer a pid is not the server's and a cancel can hit another query: reading is allowed, signalling refused.</summary>
public sealed class PoolerTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [SkippableFact]
    public async Task Reading_is_allowed_and_signalling_refused()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(95)", postgres);
        await using var pooler = new PoolerProxy(postgres.Server.Port);
        var room = new Room(new NpgsqlConnectionStringBuilder(postgres.Server.ConnectionString) { Port = pooler.Port }.ConnectionString);

        var seen = await room.FindAsync(new() { ProcessIds = [session.ProcessId] });
        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.PlanAsync(room.Request(seen)));

        Assert.Single(seen);
        Assert.Equal(FailureKind.DatabaseThroughPooler, failure.Kind);
        Assert.Equal("active", await postgres.AskAsync<string>($"SELECT state FROM pg_stat_activity WHERE pid = {session.ProcessId}"));
    }

    [SkippableFact]
    public async Task A_plan_made_directly_is_not_carried_out_through_a_pooler()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(96)", postgres);
        await using var pooler = new PoolerProxy(postgres.Server.Port);
        var direct = new Room(postgres.Server.ConnectionString);
        var plan = await direct.PlanAsync(direct.Request(await direct.FindAsync(new() { ProcessIds = [session.ProcessId] })));
        var room = new Room(new NpgsqlConnectionStringBuilder(postgres.Server.ConnectionString) { Port = pooler.Port }.ConnectionString);

        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.StopAsync(plan));

        Assert.Equal(FailureKind.DatabaseThroughPooler, failure.Kind);
        Assert.Equal("active", await postgres.AskAsync<string>($"SELECT state FROM pg_stat_activity WHERE pid = {session.ProcessId}"));
    }
}
