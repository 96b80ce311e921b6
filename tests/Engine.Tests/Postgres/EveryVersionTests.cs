using MalariaIncident;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Postgres;

/// <summary>
/// Looking and stopping on every version that is installed here: Debian's folders, and those that MALARIA_INCIDENT_POSTGRES_FOLDERS names. (The whole room runs
/// on one of them with PG_BIN.)
/// </summary>
public sealed class EveryVersionTests
{
    public static TheoryData<string> Folders
    {
        get
        {
            var found = PostgresBinaries.FindAll().Select(binaries => binaries.Directory).ToArray();
            return found.Length > 0 ? [.. found] : [""];
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public async Task Everything_that_the_catalog_decides(string programs)
    {
        Skip.If(programs.Length == 0 && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", "No PostgreSQL is installed here.");
        var postgres = new PostgresServer(new() { Programs = programs });
        await postgres.InitializeAsync();
        try
        {
            await SeeAndStopAsync(postgres);
        }
        finally
        {
            await postgres.DisposeAsync();
        }
    }

    private static async Task SeeAndStopAsync(PostgresServer postgres)
    {
        var room = new Room(postgres.Server.ConnectionString);
        await using var stuck = await StuckQueries.OpenAsync(postgres.Server.ConnectionString, new() { Victims = 2 }, CancellationToken.None);
        await using var replica = await Walsender.StartAsync(postgres);

        var queries = await room.FindAllAsync();
        var tree = await room.Databases.GetLocksAsync(room.Scope, CancellationToken.None).ToListAsync();
        var connections = await room.Databases.GetConnectionsAsync(room.Scope, CancellationToken.None).ToListAsync();
        var before = await room.Databases.GetSlowQueriesAsync(room.Scope, new() { Count = 0 }, CancellationToken.None).ToListAsync();
        await postgres.Server.ExecuteAsync("SELECT count(*) FROM pg_class");
        var since = await room.Databases.GetSlowQueriesAsync(room.Scope, new() { Count = 0, Since = before, Databases = ["*"] }, CancellationToken.None).ToListAsync();
        var stopped = await room.StopAsync(tree.Single(entry => entry.RootBlocker).Session!);

        Assert.Contains(queries, query => query.ProcessId == stuck.LongQuery);
        Assert.DoesNotContain(queries, query => query.ProcessId == replica.ProcessId);
        Assert.Equal([stuck.Blocker, .. stuck.Victims.Order()], tree.Select(entry => entry.ProcessId).Take(1).Concat(tree.Skip(1).Select(entry => entry.ProcessId).Order()));
        Assert.True(tree[1].Waited > TimeSpan.Zero);
        Assert.Contains(connections, group => group.Waiting == 2);
        Assert.Contains(before, query => query.TotalTime > TimeSpan.Zero && query.BlocksHit > 0);
        Assert.Contains(since, query => query.Query == "SELECT count(*) FROM pg_class" && query.Calls == 1);
        Assert.Equal(QueryOutcome.Terminated, stopped[stuck.Blocker]);
    }
}
