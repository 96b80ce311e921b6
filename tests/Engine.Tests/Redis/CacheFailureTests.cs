using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Engine.Tests.Http;
using MalariaIncident;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Redis;

/// <summary>Fault row: down, NOAUTH, wrong password, MOVED, TLS, SIGSTOP: a different diagnosis each, within 5 s, no password in any output.</summary>
public sealed class CacheFailureTests
{
    private const string Secret = "s3cr3t-word";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);
    private readonly CacheDesk desk = new();

    [Fact]
    public async Task Fault_down()
    {
        var failure = await WithinAsync(Bound, $"127.0.0.1:1,password={Secret}");
        Assert.Equal(FailureKind.CacheUnreachable, failure.Kind);
        Assert.Contains("nothing listens", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_unknown_host()
        => Assert.Contains("does not resolve", (await WithinAsync(Bound, $"redis://:{Secret}@no-such-host.invalid:6379")).Message, StringComparison.Ordinal);

    [SkippableFact]
    public async Task Fault_NOAUTH_and_wrong_password()
    {
        await using var cache = await TestCache.StartAsync();
        var without = await WithinAsync(Bound, $"127.0.0.1:{cache.Server.Port}");
        var wrong = await WithinAsync(Bound, $"127.0.0.1:{cache.Server.Port},password={Secret}");
        var wrongUser = await WithinAsync(Bound, $"redis://joe:{Secret}@127.0.0.1:{cache.Server.Port}");
        Assert.All([without, wrong, wrongUser], failure => Assert.Equal(FailureKind.CacheUnauthenticated, failure.Kind));
        Assert.Contains("NOAUTH", without.Message, StringComparison.Ordinal);
        Assert.Contains("WRONGPASS", wrong.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Fault_a_user_who_may_not_look_is_told_so()
    {
        await using var cache = await TestCache.StartAsync();
        await cache.SayAsync("ACL", "SETUSER", "app", "on", $">{Secret}", "~*", "+get", "+ping", "+echo", "+hello", "+client");
        var failure = await WithinAsync(Bound, $"redis://app:{Secret}@127.0.0.1:{cache.Server.Port}");
        Assert.Equal(FailureKind.CacheForbidden, failure.Kind);
    }

    /// <summary>Its second port is ten thousand above the first unless it is named, where the kernel gives ports to others.</summary>
    private static string[] ClusterNode => ["--cluster-enabled", "yes", "--cluster-port", $"{FreePort.Take()}"];

    [SkippableFact]
    public async Task Fault_a_node_of_a_cluster_that_is_down()
    {
        await using var cache = await TestCache.StartAsync(new() { WithPassword = false, Settings = ClusterNode });
        var health = await desk.AskAsync(cache.Server.ConnectionString);
        Assert.False(health.Healthy);
        Assert.Contains("CLUSTERDOWN", Assert.Single(health.Findings, finding => finding.Reason == "ClusterDown").Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Fault_MOVED_of_a_well_cluster_is_information()
    {
        await using var cache = await TestCache.StartAsync(new() { WithPassword = false, Settings = [.. ClusterNode, "--cluster-require-full-coverage", "no"] });
        await cache.SayAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await cache.UntilAsync("cluster_state:ok", "CLUSTER", "INFO");
        var health = await desk.AskAsync(cache.Server.ConnectionString);
        Assert.True(health.Healthy, health.Detail);
        Assert.Contains("MOVED", Assert.Single(health.Findings, finding => finding.Reason == "ClusterNode").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-MOVED 3999 127.0.0.1:6381", FailureKind.CacheRefused, "slot 3999 elsewhere to 127.0.0.1:6381")]
    [InlineData("-ERR max number of clients reached", FailureKind.CacheRefused, "maxclients")]
    [InlineData("-DENIED Redis is running in protected mode", FailureKind.CacheRefused, "protected mode")]
    [InlineData("-LOADING Redis is loading the dataset in memory", FailureKind.CacheRefused, "LOADING")]
    [InlineData("-MASTERDOWN Link with MASTER is down", FailureKind.CacheRefused, "MASTERDOWN")]
    [InlineData("-ERR unknown command s3cr3t-word", FailureKind.CacheRefused, "(ERR)")]
    [InlineData("HTTP/1.1 400 Bad Request", FailureKind.CacheAnswerInvalid, "HTTP")]
    [InlineData("", FailureKind.CacheUnreachable, "expect TLS")]
    public async Task Fault_what_a_server_says_in_place_of_PONG_is_told(string answer, FailureKind kind, string told)
    {
        using var listener = Listen(answer);
        var failure = await WithinAsync(Bound, $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        Assert.Equal(kind, failure.Kind);
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trap_a_silent_server_took_15_s_and_takes_2()
    {
        using var listener = Listen(null);
        var failure = await WithinAsync(TimeSpan.FromSeconds(3), $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port},password={Secret},connectTimeout=60000", Secret, timeout: null);
        Assert.Equal(FailureKind.CacheTimeout, failure.Kind);
        Assert.Contains("within 2 s", failure.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Fault_SIGSTOP_before_and_in_the_middle()
    {
        await using var cache = await TestCache.StartAsync();
        // The sample is what there is a middle of; the library is loaded by then.
        var sample = TimeSpan.FromSeconds(4);
        await desk.AskAsync(cache.Server.ConnectionString);
        IncidentException? middle = null;
        await Promise.WithinAsync(sample + Bound, async () =>
        {
            cache.Server.Thaw();
            var clock = Stopwatch.StartNew();
            var asking = desk.AskAsync(cache.Server.ConnectionString, new() { Sample = sample }, timeout: null);
            while (!asking.IsCompleted && !(await cache.SayAsync("CLIENT", "LIST")).Contains("name=MalariaIncident", StringComparison.Ordinal))
            {
                await Task.Delay(20);
            }

            cache.Server.Freeze();
            middle = await Record.ExceptionAsync(() => asking) as IncidentException;
            // Without a failure it was frozen too late for this look, and proves nothing.
            return middle is null ? TimeSpan.MaxValue : clock.Elapsed;
        });
        Assert.Equal(FailureKind.CacheTimeout, middle!.Kind);
        desk.Journal.Appended.Clear();

        var before = await WithinAsync(Bound, cache.Server.ConnectionString, cache.Server.Password, timeout: null);
        Assert.Equal(FailureKind.CacheTimeout, before.Kind);
    }

    [SkippableFact]
    public async Task Fault_TLS_mismatch_either_way_and_a_certificate_nobody_signed()
    {
        var folder = Directory.CreateTempSubdirectory("malaria-incident-tests-");
        using var authority = new TestCertificates();
        using var certificate = authority.Issue(null, expiresInDays: 10);
        var (certificateFile, keyFile) = (Path.Combine(folder.FullName, "server.crt"), Path.Combine(folder.FullName, "server.key"));
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
        using (var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate)!)
        {
            await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        }

        await using var secure = await TestCache.StartAsync(new() { Tls = (certificateFile, keyFile) });
        var untrusted = await WithinAsync(Bound, $"rediss://:{secure.Server.Password}@127.0.0.1:{secure.Server.Port}", secure.Server.Password);
        Assert.Equal(FailureKind.CacheUntrusted, untrusted.Kind);
        Assert.Contains("no authority", untrusted.Message, StringComparison.Ordinal);
        var plainToTls = await WithinAsync(Bound, secure.Server.ConnectionString, secure.Server.Password, timeout: null);
        Assert.Contains("TLS", plainToTls.Message, StringComparison.Ordinal);

        await using var plain = await TestCache.StartAsync();
        var tlsToPlain = await WithinAsync(Bound, $"rediss://:{plain.Server.Password}@127.0.0.1:{plain.Server.Port}", plain.Server.Password, timeout: null);
        Assert.Contains("plain Redis", tlsToPlain.Message, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    private Task<IncidentException> WithinAsync(TimeSpan bound, string connection, string secret = Secret) => WithinAsync(bound, connection, secret, CacheDesk.Generous);

    /// <param name="timeout">Null for that of the command itself.</param>
    private Task<IncidentException> WithinAsync(TimeSpan bound, string connection, string secret, TimeSpan? timeout) =>
        Promise.WithinAsync(bound, () => desk.FailAsync(connection, timeout, secret, Secret));

    /// <summary>Says one line to every command and closes; an empty line closes at once, none at all never answers.</summary>
    private static TcpListener Listen(string? answer)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (answer is not null)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var buffer = new byte[1024];
                _ = await client.GetStream().ReadAsync(buffer);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer.Length == 0 ? "" : answer + "\r\n"));
            }
        });
        return listener;
    }
}
