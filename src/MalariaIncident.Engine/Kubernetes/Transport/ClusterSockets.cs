using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// Makes the sockets of one context. Trust is .NET's own chain building with the kubeconfig's authority as the only root,
/// so that name, dates and chain are all checked; KubernetesClient's own callback accepts any name of the right authority.
/// </summary>
internal static class ClusterSockets
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    public static SocketsHttpHandler Create(KubeContext context, SslStreamCertificateContext? clientCertificate, ServerDistance distance)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            // A session at a prompt lives for days, and load balancers move.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectCallback = (connection, token) => ConnectAsync(connection.DnsEndPoint, context.Server, distance, token),
        };
        handler.SslOptions.ClientCertificateContext = clientCertificate;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            errors == SslPolicyErrors.None || context.SkipTlsVerify ? true : throw Untrusted(certificate, chain, errors);
        if (context.Authorities.Count > 0)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(context.Authorities);
        }

        if (context.Proxy is { } proxy)
        {
            handler.Proxy = proxy;
        }
        else if (context.Server.IsLoopback)
        {
            // As Go does: HTTPS_PROXY never applies to this machine itself.
            handler.UseProxy = false;
        }
        else if (EnvironmentProxy.Exceptions is { } exceptions)
        {
            handler.Proxy = new EnvironmentProxy(HttpClient.DefaultProxy, exceptions);
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint endPoint, Uri server, ServerDistance distance, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            long started = Stopwatch.GetTimestamp();
            await socket.ConnectAsync(endPoint, cancellationToken);
            // A proxy's distance says nothing about the server's.
            if (endPoint.Host == server.IdnHost)
            {
                distance.Connected(Stopwatch.GetElapsedTime(started));
            }

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static AuthenticationException Untrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return new AuthenticationException("the server showed no certificate");
        }

        var reasons = new List<string>();
        var shown = certificate as X509Certificate2;
        var status = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus one in chain?.ChainStatus ?? [])
        {
            status |= one.Status;
        }

        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid) && shown is not null)
        {
            reasons.Add($"it, or the authority above it, is not valid now (it is valid from {shown.NotBefore.ToUniversalTime():u} to {shown.NotAfter.ToUniversalTime():u})");
        }

        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid)) != X509ChainStatusFlags.NoError)
        {
            reasons.Add("it is not signed by the authority that the kubeconfig trusts");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            reasons.Add($"it is for another name ({PlainText.OneLine(Names(shown), 200)})");
        }

        if (reasons.Count == 0)
        {
            reasons.Add($"its chain is not valid ({status})");
        }

        return new AuthenticationException(string.Join("; ", reasons));
    }

    private static string Names(X509Certificate2? certificate)
    {
        X509SubjectAlternativeNameExtension? names = certificate?.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return names is null
            ? "it names no host"
            : string.Join(", ", names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())));
    }
}
