using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MalariaIncident.Engine.Web;

/// <summary>What the server's certificate said while the handshake looked at it; the certificate itself is gone afterwards.</summary>
internal sealed record SeenCertificate(
    DateTimeOffset SeenAt, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Names, SslPolicyErrors Errors, X509ChainStatusFlags Chain)
{
    public static SeenCertificate Of(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors, DateTimeOffset now)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())))
            .Take(5)
            .ToList();
        var status = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        return new SeenCertificate(
            now,
            new DateTimeOffset(certificate.NotBefore).ToUniversalTime(),
            new DateTimeOffset(certificate.NotAfter).ToUniversalTime(),
            names.Count == 0 ? certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) : string.Join(", ", names),
            errors,
            status);
    }
}
