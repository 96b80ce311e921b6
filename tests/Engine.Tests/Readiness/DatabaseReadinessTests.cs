using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Engine.Tests.Postgres;
using MalariaIncident;
using MalariaIncident.Engine.Postgres;
using MalariaIncident.Engine.Readiness;

namespace Engine.Tests.Readiness;

/// <summary>What the checks in advance say of a database: the way in, and what the role may.</summary>
public sealed class DatabaseReadinessTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [SkippableFact]
    public async Task A_role_without_rights_is_told_each_grant_that_is_missing()
    {
        await postgres.Server.ExecuteAsync("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bare') THEN CREATE ROLE bare LOGIN PASSWORD 'pw'; END IF; END $$");
        var checks = await CheckAsync(postgres.Server.ConnectionStringFor("bare", "pw"));
        Assert.Equal(ReadinessStatus.Ready, Of(checks, "Connection").Status);
        Assert.Equal((ReadinessStatus.NotReady, true), (Of(checks, "pg_read_all_stats").Status, Of(checks, "pg_read_all_stats").Advice!.Contains("GRANT pg_read_all_stats TO \"bare\";", StringComparison.Ordinal)));
        Assert.Equal((ReadinessStatus.NotReady, true), (Of(checks, "pg_signal_backend").Status, Of(checks, "pg_signal_backend").Advice!.Contains("GRANT pg_signal_backend TO \"bare\";", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public async Task The_roles_that_ship_are_enough()
    {
        await postgres.Server.ExecuteAsync("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'able') THEN CREATE ROLE able LOGIN PASSWORD 'pw'; END IF; END $$");
        await postgres.Server.ExecuteAsync("GRANT pg_read_all_stats, pg_signal_backend TO able");
        var checks = await CheckAsync(postgres.Server.ConnectionStringFor("able", "pw"));
        Assert.DoesNotContain(checks, check => check.Status is ReadinessStatus.NotReady or ReadinessStatus.NotChecked);
        Assert.Equal(ReadinessStatus.Warning, Of(checks, "Encryption").Status);
        Assert.Equal(ReadinessStatus.Ready, Of(checks, "Primary").Status);
    }

    [SkippableFact]
    public async Task A_wrong_password_is_said_once_and_nowhere_shown()
    {
        var check = Assert.Single(await CheckAsync(postgres.Server.ConnectionStringFor("bare", "wr0ng-s3cret")));
        Assert.Equal((ReadinessStatus.NotReady, FailureKind.DatabaseUnauthenticated), (check.Status, check.Failure!.Value));
        Assert.DoesNotContain("wr0ng-s3cret", $"{check.Detail} {check.Advice}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_not_ready_within_its_deadline()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var clock = Stopwatch.StartNew();
        var check = Assert.Single(await CheckAsync($"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Username=u;Password=p", TimeSpan.FromSeconds(1)));
        Assert.Equal(ReadinessStatus.NotReady, check.Status);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{clock.Elapsed}");
    }

    [Fact]
    public async Task A_database_that_is_down_is_not_ready()
        => Assert.Equal(FailureKind.DatabaseUnreachable, Assert.Single(await CheckAsync("Host=127.0.0.1;Port=1;Username=u;Password=p")).Failure);

    private static Task<IReadOnlyList<ReadinessCheck>> CheckAsync(string connection, TimeSpan? timeout = null)
    {
        var room = new Room(connection, timeout: timeout ?? TimeSpan.FromMinutes(1));
        return new DatabaseReadiness(room.Connector).CheckAsync(new ReadinessInquiry(room.Resolved, new ReadinessOptions(), TimeProvider.System), CancellationToken.None);
    }

    private static ReadinessCheck Of(IEnumerable<ReadinessCheck> checks, string name) => Assert.Single(checks, check => check.Check == name);
}
