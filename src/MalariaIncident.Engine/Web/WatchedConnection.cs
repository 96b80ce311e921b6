using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MalariaIncident.Engine.Web;

/// <summary>One connection of its own per question: follows nothing, keeps nothing, and tells which certificate it saw, trusted or not.</summary>
internal static class WatchedConnection
{
    public static readonly ProductInfoHeaderValue UserAgent =
        new("MalariaIncident", typeof(IEngine).Assembly.GetName().Version?.ToString(3) ?? "0");

    /// <param name="clock">Judges the certificate's dates.</param>
    /// <param name="trust">Trust other than the machine's, or null.</param>
    /// <param name="onCertificate">Called with what the server showed, before it is judged.</param>
    public static HttpClient Open(TimeProvider clock, X509ChainPolicy? trust, Action<SeenCertificate?> onCertificate) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        MaxResponseHeadersLength = 64,
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = trust?.Clone(),
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                onCertificate(certificate is X509Certificate2 seen ? SeenCertificate.Of(seen, chain, errors, clock.GetUtcNow()) : null);
                return errors == SslPolicyErrors.None;
            },
        },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // The deadline is the token's: HttpClient's own ends at the headers.
    };
}
