using System.Reflection;
using MalariaIncident;

namespace Engine.Tests.Postgres;

/// <summary>The roles that ship as SQL are enough for the commands, and no more than enough.</summary>
public sealed class RoleTests(PostgresServer postgres) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private static readonly string Root = typeof(RoleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "RepositoryRoot").Value!;

    public async Task InitializeAsync()
    {
        if (!postgres.IsThere)
        {
            return;
        }

        await postgres.Server.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(Root, "sql", "ir_read.sql")));
        await postgres.Server.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(Root, "sql", "ir_act.sql")));
        foreach (var (login, role) in new[] { ("nobody", ""), ("reader", "GRANT ir_read TO reader;"), ("actor", "GRANT ir_act TO actor;"), ("worker", "") })
        {
            await postgres.Server.ExecuteAsync($"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{login}') THEN CREATE ROLE {login} LOGIN PASSWORD 'pw'; {role} END IF; END $$");
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [SkippableFact]
    public async Task Ir_read_is_enough_to_look_and_not_to_stop()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionStringFor("worker", "pw"));
        await session.StartAsync("SELECT pg_sleep(97)", postgres);
        var room = new Room(postgres.Server.ConnectionStringFor("reader", "pw"));

        Assert.Contains(await room.FindAllAsync(), query => query.ProcessId == session.ProcessId && query.Query == "SELECT pg_sleep(97)");
        Assert.Empty(await room.Databases.GetLocksAsync(room.Scope, CancellationToken.None).ToListAsync());
        Assert.NotEmpty(await room.Databases.GetConnectionsAsync(room.Scope, CancellationToken.None).ToListAsync());
        Assert.DoesNotContain(
            await room.Databases.GetSlowQueriesAsync(room.Scope, new() { Count = 0 }, CancellationToken.None).ToListAsync(),
            query => query.Query.Contains("insufficient privilege", StringComparison.Ordinal));
        var seen = await room.FindAsync(new() { ProcessIds = [session.ProcessId] });
        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.PlanAsync(room.Request(seen)));
        Assert.Equal(FailureKind.DatabaseForbidden, failure.Kind);
        Assert.Contains("GRANT pg_signal_backend", failure.Advice, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Ir_act_is_enough_to_stop()
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionStringFor("worker", "pw"));
        await session.StartAsync("SELECT pg_sleep(98)", postgres);
        var room = new Room(postgres.Server.ConnectionStringFor("actor", "pw"));

        var stopped = await room.StopAsync(await room.FindAsync(new() { ProcessIds = [session.ProcessId] }));

        Assert.Equal(QueryOutcome.Cancelled, stopped[session.ProcessId]);
    }

    [SkippableFact]
    public async Task With_less_every_command_says_which_grant_is_missing()
    {
        var room = new Room(postgres.Server.ConnectionStringFor("nobody", "pw"));

        foreach (var command in new Func<Task>[]
        {
            () => room.FindAllAsync(),
            () => room.Databases.GetLocksAsync(room.Scope, CancellationToken.None).ToListAsync().AsTask(),
            () => room.Databases.GetConnectionsAsync(room.Scope, CancellationToken.None).ToListAsync().AsTask(),
            () => room.Databases.GetSlowQueriesAsync(room.Scope, new(), CancellationToken.None).ToListAsync().AsTask(),
        })
        {
            var failure = await Assert.ThrowsAsync<IncidentException>(command);
            Assert.Equal(FailureKind.DatabaseForbidden, failure.Kind);
            Assert.Contains("GRANT pg_read_all_stats TO \"nobody\";", failure.Advice, StringComparison.Ordinal);
        }
    }
}
