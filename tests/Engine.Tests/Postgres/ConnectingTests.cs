using System.Net;
using System.Net.Sockets;
using MalariaIncident;

namespace Engine.Tests.Postgres;

/// <summary>Why a database did not answer, told apart, and never with a secret.</summary>
public sealed class ConnectingTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const string Secret = "s3cr3t-hunter2";

    [SkippableFact]
    public Task A_wrong_password() => FailsAsync(FailureKind.DatabaseUnauthenticated, postgres.Server.ConnectionStringFor("postgres", Secret));

    [SkippableFact]
    public Task A_missing_password() => FailsAsync(FailureKind.DatabaseUnauthenticated, $"host=127.0.0.1 port={postgres.Server.Port} user=postgres dbname=postgres passfile=/nonexistent");

    [SkippableFact]
    public async Task A_database_that_is_not_there()
    {
        await postgres.Server.ExecuteAsync($"CREATE ROLE lost LOGIN PASSWORD '{Secret}'");
        await FailsAsync(FailureKind.ConnectionStringInvalid, postgres.Server.ConnectionStringFor("lost", Secret, "nowhere"));
    }

    [SkippableFact]
    public Task A_server_without_the_tls_that_was_asked_for() => FailsAsync(FailureKind.DatabaseUntrusted, postgres.Server.Url + "?sslmode=verify-full");

    [SkippableFact]
    public async Task No_connection_left()
    {
        await postgres.Server.ExecuteAsync($"CREATE ROLE crowded LOGIN PASSWORD '{Secret}' CONNECTION LIMIT 1 IN ROLE pg_monitor");
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionStringFor("crowded", Secret));
        await FailsAsync(FailureKind.DatabaseRefused, postgres.Server.ConnectionStringFor("crowded", Secret));
    }

    [Fact]
    public Task Nothing_listens() => FailsAsync(FailureKind.DatabaseUnreachable, $"postgres://me:{Secret}@127.0.0.1:1/app");

    [Fact]
    public Task An_unknown_host() => FailsAsync(FailureKind.DatabaseUnreachable, $"postgres://me:{Secret}@no-such-host.invalid/app");

    [Fact]
    public async Task A_server_that_says_nothing()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await FailsAsync(FailureKind.DatabaseTimeout, $"postgres://me:{Secret}@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/app", seconds: 2);
        listener.Stop();
    }

    [Fact]
    public async Task A_server_that_is_no_postgres()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
            }
        });
        var failure = await Assert.ThrowsAsync<IncidentException>(
            new Room($"postgres://me:{Secret}@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/app", timeout: TimeSpan.FromSeconds(1)).FindAllAsync);
        Assert.Contains(failure.Kind, new[] { FailureKind.DatabaseUnreachable, FailureKind.DatabaseTimeout, FailureKind.DatabaseUntrusted });
        listener.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => answering);
    }

    private static async Task FailsAsync(FailureKind kind, string connection, int seconds = 180)
    {
        var room = new Room(connection, timeout: TimeSpan.FromSeconds(seconds));

        var failure = await Assert.ThrowsAsync<IncidentException>(room.FindAllAsync);

        Assert.True(kind == failure.Kind, $"{failure.Kind}: {failure.Message}");
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
    }
}
