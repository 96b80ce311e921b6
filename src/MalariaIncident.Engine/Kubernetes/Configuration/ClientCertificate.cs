using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>PEM into what the TLS handshake shows.</summary>
internal static class ClientCertificate
{
    /// <summary>Null where the two are not PEM or do not belong together.</summary>
    public static SslStreamCertificateContext? Read(byte[] certificate, byte[] key)
    {
        string chain = Encoding.UTF8.GetString(certificate);
        try
        {
            X509Certificate2 leaf = X509Certificate2.CreateFromPem(chain, Encoding.UTF8.GetString(key));
            if (OperatingSystem.IsWindows())
            {
                // SChannel does not take a key that was never in a store; see dotnet/runtime#23749.
                using X509Certificate2 ephemeral = leaf;
                leaf = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), password: null);
            }

            var all = new X509Certificate2Collection();
            all.ImportFromPem(chain);
            return SslStreamCertificateContext.Create(leaf, [.. all.Skip(1)], offline: true);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}
