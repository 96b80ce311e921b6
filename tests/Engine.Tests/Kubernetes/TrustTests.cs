using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Engine.Tests.Http;
using k8s;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Engine.Tests.Kubernetes;

/// <summary>KubernetesClient accepts any certificate of the right authority, whatever name it is for. Here every part counts.</summary>
public sealed class TrustTests : IDisposable
{
    private readonly TestCertificates authority = new();

    [Fact]
    public async Task The_right_certificate_passes()
    {
        using var certificate = authority.Issue(null, 50);
        Assert.Equal("api", await ReadAsync(certificate, authority.Authority));
    }

    [Fact]
    public async Task A_wrong_name_of_the_right_authority_is_refused()
    {
        using var certificate = authority.Issue("somebody-else.example", 50);
        var failure = await RefusedAsync(certificate, authority.Authority);
        Assert.Contains("another name (somebody-else.example)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_authority_is_refused()
    {
        using var other = new TestCertificates();
        using var certificate = authority.Issue(null, 50);
        var failure = await RefusedAsync(certificate, other.Authority);
        Assert.Contains("not signed by the authority", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_authority_without_one_in_the_kubeconfig_is_refused()
    {
        using var certificate = authority.Issue(null, 50);
        await RefusedAsync(certificate, trusted: null);
    }

    [Fact]
    public async Task An_expired_certificate_is_refused()
    {
        using var certificate = authority.Issue(null, -1);
        var failure = await RefusedAsync(certificate, authority.Authority);
        Assert.Contains("not valid now", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_name_in_the_kubeconfig_is_what_is_checked()
    {
        using var certificate = authority.Issue("kubernetes.example", 50);
        Assert.Equal("api", await ReadAsync(certificate, authority.Authority, "tls-server-name: kubernetes.example"));
        using var wrong = authority.Issue(null, 50);
        await RefusedAsync(wrong, authority.Authority, "tls-server-name: kubernetes.example");
    }

    [Fact]
    public async Task Skipped_checks_are_skipped_only_where_the_kubeconfig_says_so()
    {
        using var certificate = authority.Issue("somebody-else.example", -1);
        Assert.Equal("api", await ReadAsync(certificate, null, "insecure-skip-tls-verify: true"));
    }

    [Fact]
    public async Task A_client_certificate_is_shown()
    {
        using var client = authority.Issue("jo", 50);
        var (seen, _) = await ShowAsync(file => $"client-certificate-data: {Base64(client.ExportCertificatePem())}\nclient-key-data: {Base64(Key(client))}");
        Assert.Equal([client.Thumbprint], seen);
    }

    [SkippableFact]
    public async Task A_plugins_certificate_is_shown_and_replaced_on_new_connections_when_it_is_refused()
    {
        Skip.If(OperatingSystem.IsWindows(), "The plugin of this test is a shell script.");
        using var first = authority.Issue("first", 50);
        using var second = authority.Issue("second", 50);
        var (seen, _) = await ShowAsync(
            file =>
            {
                File.WriteAllText(Path.Combine(file.Folder, "1"), Credential(first));
                File.WriteAllText(Path.Combine(file.Folder, "2"), Credential(second));
                string script = file.Script("plugin", $"cd '{file.Folder}'; echo run >> runs; cat $(wc -l < runs | tr -d ' ')\n");
                return $"exec:\n  apiVersion: client.authentication.k8s.io/v1\n  command: {script}\n  interactiveMode: Never";
            },
            refused: first.Thumbprint);
        Assert.Equal([first.Thumbprint, second.Thumbprint], seen);
    }

    /// <summary>Reads once from a server that asks for a client certificate; returns those that it saw, in order.</summary>
    private async Task<(List<string?> Seen, string Name)> ShowAsync(Func<KubeConfigFile, string> user, string? refused = null)
    {
        using var certificate = authority.Issue(null, 50);
        var seen = new List<string?>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.AllowAnyClientCertificate();
        })));
        await using WebApplication server = builder.Build();
        server.Run(context =>
        {
            seen.Add(context.Connection.ClientCertificate?.Thumbprint);
            return (seen[^1] == refused ? ApiServer.Status(401, "Unauthorized", "no") : ApiServer.Deployment())(context, context.RequestAborted);
        });
        await server.StartAsync();
        var address = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        using var file = new KubeConfigFile(address, authority.Authority);
        using var configured = new KubeConfigFile(address, authority.Authority, user(file));
        file.Write(File.ReadAllText(configured.Path));
        using var connections = new ClusterConnections();
        return (seen, await ReadAsync(connections, file));
    }

    private static string Key(X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    private static string Credential(X509Certificate2 certificate) => System.Text.Json.JsonSerializer.Serialize(new
    {
        kind = "ExecCredential",
        apiVersion = "client.authentication.k8s.io/v1",
        status = new { clientCertificateData = certificate.ExportCertificatePem(), clientKeyData = Key(certificate) },
    });

    [Fact]
    public async Task A_proxy_that_asks_for_a_password_is_named()
    {
        await using var proxy = await ApiServer.StartAsync(ApiServer.Text(407, "", "text/plain"));
        using var file = new KubeConfigFile(new Uri("https://cluster.example:6443"), authority.Authority, cluster: $"proxy-url: {proxy.Uri.AbsoluteUri}");
        using var connections = new ClusterConnections();
        var failure = await TransportFixture.FailsAsync(FailureKind.ClusterUnreachable, ReadAsync(connections, file));
        Assert.Contains("407", failure.Message, StringComparison.Ordinal);
        Assert.Contains("proxy", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => authority.Dispose();

    private static async Task<IncidentException> RefusedAsync(X509Certificate2 shown, X509Certificate2? trusted, string cluster = "")
    {
        IncidentException failure = await Assert.ThrowsAsync<IncidentException>(() => ReadAsync(shown, trusted, cluster));
        Assert.True(failure.Kind == FailureKind.ClusterUntrusted, failure.ToString());
        return failure;
    }

    private static async Task<string> ReadAsync(X509Certificate2 shown, X509Certificate2? trusted, string cluster = "")
    {
        await using var server = await ApiServer.StartAsync(shown, ApiServer.Deployment());
        using var file = new KubeConfigFile(server.Uri, trusted, cluster: cluster);
        using var connections = new ClusterConnections();
        try
        {
            return await ReadAsync(connections, file);
        }
        catch (IncidentException)
        {
            // Not a byte of the request may have left.
            Assert.Equal(0, server.Count);
            throw;
        }
    }

    private static async Task<string> ReadAsync(ClusterConnections connections, KubeConfigFile file)
    {
        var connection = await connections.OpenAsync(file.Scope(), CancellationToken.None);
        var deployment = await connection.ReadAsync(
            "Reading", TimeSpan.FromMinutes(1), (client, token) => client.AppsV1.ReadNamespacedDeploymentAsync("api", "team", cancellationToken: token), CancellationToken.None);
        return deployment.Metadata.Name;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
