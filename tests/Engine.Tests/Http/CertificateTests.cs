using System.Security.Cryptography.X509Certificates;
using MalariaIncident;
using MalariaIncident.Engine.Http;
using Microsoft.AspNetCore.Http;

namespace Engine.Tests.Http;

/// <summary>faults.md, "TLS: wrong CA, wrong name, expired": refused, each by its name.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly TestCertificates certificates = new();

    public void Dispose() => certificates.Dispose();

    [Fact]
    public async Task A_good_certificate_is_healthy_and_its_end_is_known()
    {
        using var certificate = certificates.Issue(dnsName: null, expiresInDays: 40);
        var answer = await AskAsync(certificate);
        Assert.True(answer.Healthy, answer.Detail);
        Assert.InRange((answer.CertificateExpires!.Value - DateTimeOffset.UtcNow).TotalDays, 39, 40);
    }

    [Theory]
    [InlineData("api.example.com", 40, true, ProbeFailure.CertificateName)]
    [InlineData(null, -2, true, ProbeFailure.CertificateExpired)]
    [InlineData(null, 40, false, ProbeFailure.CertificateUntrusted)]
    public async Task Fault_TLS_wrong_name_expired_wrong_authority_are_refused(string? name, int expiresInDays, bool trusted, ProbeFailure expected)
    {
        using var certificate = certificates.Issue(name, expiresInDays);
        var answer = await AskAsync(certificate, trusted);
        Assert.Equal(expected, answer.Failure);
        Assert.NotNull(answer.CertificateExpires);
        Assert.Null(answer.StatusCode);
        if (name is not null)
        {
            Assert.Contains(name, answer.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Plain_HTTP_on_a_TLS_address_is_told_apart_from_a_bad_certificate()
    {
        await using var server = await HealthServer.AnsweringAsync(200, "{}");
        var answer = await HealthProbeTests.AskAsync(new UriBuilder(server.Uri) { Scheme = "https" }.Uri);
        Assert.Equal(ProbeFailure.Tls, answer.Failure);
    }

    private async Task<ProbeAnswer> AskAsync(X509Certificate2 certificate, bool trusted = true)
    {
        await using var server = await HealthServer.StartAsync((context, stopping) => context.Response.WriteAsync("{}", stopping), certificate);
        return await new HealthProbe(TimeProvider.System, trusted ? certificates.Trust : null)
            .AskAsync(ProbeAddress.Parse("liveness", server.Uri.ToString()), TimeSpan.FromMinutes(1), CancellationToken.None);
    }
}
