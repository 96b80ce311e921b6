using MalariaIncident;

namespace Engine.Tests.Postgres;

/// <summary>"Active connections" counted itself and walsenders and left out idle in transaction.</summary>
public sealed class ConnectionTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [SkippableFact]
    public async Task Every_state_is_counted_against_the_maximum_and_neither_we_nor_walsenders_are()
    {
        var connection = postgres.Server.ConnectionString;
        await using var idle = await Session.OpenAsync(connection, "pool");
        await using var idle2 = await Session.OpenAsync(connection, "pool");
        await using var open = await Session.OpenAsync(connection, "pool");
        await open.ExecuteAsync("BEGIN; SELECT 1");
        await using var active = await Session.OpenAsync(connection, "report");
        await active.StartAsync("SELECT pg_sleep(99)", postgres);
        await using var replica = await Walsender.StartAsync(postgres);
        var room = new Room(connection);

        List<DatabaseConnection> groups;
        do
        {
            groups = await room.Databases.GetConnectionsAsync(room.Scope, CancellationToken.None).ToListAsync();
        }
        while (groups.Exists(group => group.Application is null or "" or "test" or "MalariaIncident"));

        Assert.Equal(
            [("pool", "idle", 2), ("pool", "idle in transaction", 1), ("report", "active", 1)],
            groups.Select(group => (group.Application!, group.State, group.Count)).OrderByDescending(group => group.Count).ThenBy(group => group.Item1));
        Assert.All(groups, group => Assert.Equal((4, 100, 3, 93), (group.Used, group.Maximum, group.Reserved, group.Free)));
        Assert.All(groups, group => Assert.Equal("127.0.0.1", group.Client));
        Assert.Contains("4 of 100 connections", room.Journal.Appended[^1].Text, StringComparison.Ordinal);
    }
}
