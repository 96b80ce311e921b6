using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Postgres;

/// <summary>TLS as strict as the server allows, and said in the output: on real servers with certificates of an authority, with one of their own, and without.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("malaria-incident-tests-").FullName;
    private ThrowAwayPostgres? _server;
    private ThrowAwayPgBouncer? _pooler;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_pooler is not null)
        {
            await _pooler.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [SkippableFact]
    public async Task A_certificate_of_an_authority_that_is_named()
    {
        using var authority = new TestAuthority(_directory);
        using var stranger = new TestAuthority(_directory);
        var url = await StartAsync(authority.Issue("127.0.0.1"));

        Assert.Equal("TLS, certificate verified", await EncryptionAsync($"{url}?sslmode=verify-full&sslrootcert={authority.File}"));
        Assert.Equal("TLS, certificate authority verified", await EncryptionAsync($"{url}?sslmode=verify-ca&sslrootcert={authority.File}"));
        Assert.Equal("TLS, certificate authority verified", await EncryptionAsync($"{url}?sslmode=require&sslrootcert={authority.File}"));
        Assert.Equal("TLS, certificate not verified", await EncryptionAsync($"{url}?sslmode=require"));
        Assert.StartsWith("TLS, certificate not verified (RemoteCertificateChainErrors", await EncryptionAsync(url), StringComparison.Ordinal);
        Assert.Equal("none", await EncryptionAsync($"{url}?sslmode=disable"));
        foreach (var mode in new[] { "verify-full", "verify-ca" })
        {
            await RefusedAsync($"{url}?sslmode={mode}&sslrootcert={stranger.File}");
        }
    }

    [SkippableFact]
    public async Task An_authority_that_is_named_without_a_mode_is_meant_to_be_checked()
    {
        using var authority = new TestAuthority(_directory);
        using var stranger = new TestAuthority(_directory);
        var url = await StartAsync(authority.Issue("127.0.0.1"));

        Assert.Equal("TLS, certificate verified", await EncryptionAsync($"{url}?sslrootcert={authority.File}"));
        await RefusedAsync($"{url}?sslrootcert={stranger.File}");
    }

    [SkippableFact]
    public async Task A_certificate_for_another_name()
    {
        using var authority = new TestAuthority(_directory);
        var url = await StartAsync(authority.Issue("postgres.elsewhere.example"));

        Assert.Equal("TLS, certificate authority verified", await EncryptionAsync($"{url}?sslmode=verify-ca&sslrootcert={authority.File}"));
        await RefusedAsync($"{url}?sslmode=verify-full&sslrootcert={authority.File}");
    }

    [SkippableFact]
    public async Task A_certificate_whose_time_is_over()
    {
        using var authority = new TestAuthority(_directory);
        var url = await StartAsync(authority.Issue("127.0.0.1", expired: true));

        await RefusedAsync($"{url}?sslmode=verify-full&sslrootcert={authority.File}");
    }

    [SkippableFact]
    public async Task A_certificate_of_the_servers_own()
    {
        var url = await StartAsync(TestAuthority.SelfSigned("127.0.0.1"));

        Assert.StartsWith("TLS, certificate not verified (", await EncryptionAsync(url), StringComparison.Ordinal);
        await RefusedAsync($"{url}?sslmode=verify-full");
    }

    [SkippableFact]
    public async Task A_server_without_tls()
    {
        var url = await StartAsync(null);

        Assert.Equal("none", await EncryptionAsync(url));
        await RefusedAsync($"{url}?sslmode=require");
    }

    [SkippableFact]
    public async Task Through_the_kubernetes_api_the_name_to_check_stays_that_of_the_server()
    {
        using var authority = new TestAuthority(_directory);
        await StartAsync(authority.Issue("postgres.malaria.svc"));
        var pods = new DirectPods(_server!.Port);

        Assert.Equal("Kubernetes API, inside it TLS, certificate verified", await EncryptionAsync(Url("postgres.malaria.svc"), pods));
        await RefusedAsync(Url("another.malaria.svc"), pods);

        string Url(string host) => _server.Url.Replace("127.0.0.1", host, StringComparison.Ordinal) + $"?sslmode=verify-full&sslrootcert={authority.File}";
    }

    [SkippableFact]
    public async Task The_console_of_a_pooler()
    {
        using var authority = new TestAuthority(_directory);
        using var stranger = new TestAuthority(_directory);
        await StartAsync(null);
        _pooler = await ThrowAwayPgBouncer.TryStartAsync(_directory, _server!, tls: authority.Issue("127.0.0.1"));
        Skip.If(_pooler is null && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", "No PgBouncer is installed here.");

        Assert.Equal("TLS, certificate verified", await ConsoleAsync($"{_pooler!.Console} sslmode=verify-full sslrootcert={authority.File}"));
        Assert.StartsWith("TLS, certificate not verified (", await ConsoleAsync(_pooler.Console), StringComparison.Ordinal);
        Assert.Equal("none", await ConsoleAsync($"{_pooler.Console} sslmode=disable"));
        var failure = await Assert.ThrowsAsync<IncidentException>(() => ConsoleAsync($"{_pooler.Console} sslmode=verify-full sslrootcert={stranger.File}"));
        Assert.Equal(FailureKind.DatabaseUntrusted, failure.Kind);
    }

    private async Task<string> StartAsync((string Certificate, string Key)? tls)
    {
        _server = await ThrowAwayPostgres.TryStartAsync(_directory, new() { Tls = tls, Statements = false }, CancellationToken.None);
        Skip.If(_server is null && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", "No PostgreSQL is installed here.");
        return _server!.Url;
    }

    private static async Task<string> EncryptionAsync(string url, IPodPorts? pods = null)
    {
        var room = new Room(url, pods: pods) { Scope = new() { ConnectionString = url, Pods = pods is null ? null : "pod/postgres-0" } };
        await using var session = await room.Connector.OpenAsync(
            room.Resolved, MalariaIncident.Engine.Postgres.Connections.SessionUse.Read, room.Connector.DeadlineOf(room.Resolved), CancellationToken.None);
        return session.Encryption;
    }

    private static async Task RefusedAsync(string url, IPodPorts? pods = null)
    {
        var failure = await Assert.ThrowsAsync<IncidentException>(() => EncryptionAsync(url, pods));
        Assert.True(failure.Kind == FailureKind.DatabaseUntrusted, $"{failure.Kind}: {failure.Message}");
    }

    private static async Task<string> ConsoleAsync(string console)
    {
        var room = new PoolRoom(console);
        return Assert.Single(await room.CarryAsync(room.Reset(reload: true))).Encryption!;
    }
}
