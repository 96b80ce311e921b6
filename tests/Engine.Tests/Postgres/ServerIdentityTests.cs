using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Postgres.Stops;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Postgres;

/// <summary>A server, its standby, and the standby that took its place are three.</summary>
public sealed class ServerIdentityTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [SkippableFact]
    public async Task A_standby_and_what_it_is_promoted_to_are_other_servers_of_the_same_cluster()
    {
        await postgres.Server.ExecuteAsync("CREATE ROLE nobody_special LOGIN PASSWORD 'pw'");
        var directory = Directory.CreateTempSubdirectory("malaria-incident-tests-");
        await using (var standby = (await ThrowAwayPostgres.TryStartAsync(directory.FullName, new() { Primary = postgres.Server }, CancellationToken.None))!)
        {
            var primary = await OfAsync(postgres.Server);
            Assert.Equal(primary, await OfAsync(postgres.Server));
            var following = await OfAsync(standby);
            await standby.ExecuteAsync("SELECT pg_promote(true, 120)");
            var promoted = await OfAsync(standby);

            string[] seen = [primary, following, promoted];
            Assert.Equal(3, seen.Distinct(StringComparer.Ordinal).Count());
            Assert.Single(seen.Select(identity => identity.Split(' ')[0]).Distinct(StringComparer.Ordinal));
            Assert.EndsWith(" timeline 00000001", primary, StringComparison.Ordinal);
            Assert.EndsWith(" timeline 00000002", promoted, StringComparison.Ordinal);
        }

        directory.Delete(recursive: true);
    }

    [SkippableFact]
    public async Task A_server_that_does_not_say_is_asked_without_harm()
    {
        var secretive = new PostgresServer();
        await secretive.InitializeAsync();
        try
        {
            await secretive.Server.ExecuteAsync("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
            await secretive.Server.ExecuteAsync("CREATE ROLE nobody_special LOGIN PASSWORD 'pw'");
            await using var session = await OpenAsync(secretive.Server);
            Assert.Null(await ServerIdentity.OfAsync(session, CancellationToken.None));
            Assert.Equal([1], await session.QueryAsync("SELECT 1", _ => { }, row => row.GetInt32(0), CancellationToken.None));
        }
        finally
        {
            await secretive.DisposeAsync();
        }
    }

    private static async Task<string> OfAsync(ThrowAwayPostgres server)
    {
        await using var session = await OpenAsync(server);
        return (await ServerIdentity.OfAsync(session, CancellationToken.None))!;
    }

    /// <summary>As a role without any right of its own; in one transaction, where a refusal would end what follows.</summary>
    private static Task<PostgresSession> OpenAsync(ThrowAwayPostgres server)
    {
        var room = new Room(server.ConnectionStringFor("nobody_special", "pw"));
        return room.Connector.OpenAsync(room.Resolved, SessionUse.Read, room.Connector.DeadlineOf(room.Resolved), CancellationToken.None);
    }
}
