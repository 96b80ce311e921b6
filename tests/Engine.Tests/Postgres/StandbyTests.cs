using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Postgres;

/// <summary><c>postgres-0</c> may be a standby: it is said wherever it matters.</summary>
public sealed class StandbyTests
{
    [SkippableFact]
    public async Task A_standby_is_said_to_be_one()
    {
        var directory = Directory.CreateTempSubdirectory("malaria-incident-tests-");
        var server = await ThrowAwayPostgres.TryStartAsync(directory.FullName, new() { Standby = true }, CancellationToken.None);
        Skip.If(server is null && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", "No PostgreSQL is installed here.");
        await using (server!)
        {
            await using var session = await Session.OpenAsync(server!.ConnectionString);
            var running = session.ExecuteAsync("SELECT pg_sleep(60)");
            var room = new Room(server.ConnectionString);
            var seen = await room.FindAsync(new() { ProcessIds = [session.ProcessId] });
            while (seen is not [{ State: "active", WaitsFor: "Timeout: PgSleep" }])
            {
                await Task.Delay(10);
                seen = await room.FindAsync(new() { ProcessIds = [session.ProcessId] });
            }

            // A standby refuses what a role's defaults may ask for.
            var strict = new Room($"{server.ConnectionString};Options='-c default_transaction_isolation=serializable'");
            var plan = await strict.PlanAsync(strict.Request(seen));
            await strict.StopAsync(plan);

            Assert.True(seen[0].Standby);
            Assert.Contains(plan.Warnings, warning => warning.Contains("is a standby", StringComparison.Ordinal));
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => running);
        }

        directory.Delete(recursive: true);
    }
}
