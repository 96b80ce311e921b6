using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Web;

/// <summary>Tells apart why there was no complete answer. What an operator does next depends on it.</summary>
internal static class ConnectFailure
{
    public static (ProbeFailure Failure, string Detail) Tell(Exception exception, Uri uri, SeenCertificate? certificate)
    {
        var error = (exception as HttpRequestException)?.HttpRequestError ?? (exception as HttpIOException)?.HttpRequestError;
        if (error == HttpRequestError.ProxyTunnelError || exception is HttpRequestException { StatusCode: HttpStatusCode.ProxyAuthenticationRequired })
        {
            return (ProbeFailure.Proxy, "is behind a proxy that refused the connection (see HTTPS_PROXY and NO_PROXY)");
        }

        if (certificate is { Errors: not SslPolicyErrors.None })
        {
            return Tls(certificate, uri);
        }

        if (Inner<SocketException>(exception) is { } socket)
        {
            return Socket(socket, uri);
        }

        if (error == HttpRequestError.NameResolutionError)
        {
            return (ProbeFailure.HostNotFound, $"cannot be asked: the host name {uri.IdnHost} does not resolve");
        }

        if (error == HttpRequestError.SecureConnectionError || Inner<AuthenticationException>(exception) is not null)
        {
            return (ProbeFailure.Tls, "refused the TLS handshake: it may speak plain HTTP on this port, or ask for a client certificate");
        }

        if (exception is InvalidDataException)
        {
            return (ProbeFailure.BodyInvalid, "answered with a compressed body that is broken or cut off");
        }

        return error == HttpRequestError.ResponseEnded || exception is IOException || Inner<IOException>(exception) is not null
            ? (ProbeFailure.ConnectionLost, "cut the connection before the answer was complete")
            : (ProbeFailure.Protocol, "answered something that is not HTTP");
    }

    private static (ProbeFailure, string) Socket(SocketException socket, Uri uri) => socket.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => (ProbeFailure.ConnectionRefused, $"refused the connection: nothing listens on port {uri.Port}"),
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery
            => (ProbeFailure.HostNotFound, $"cannot be asked: the host name {uri.IdnHost} does not resolve"),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            => (ProbeFailure.HostUnreachable, "cannot be reached from here: no route to the host"),
        SocketError.TimedOut => (ProbeFailure.Timeout, "did not take the connection in time"),
        _ => (ProbeFailure.ConnectionLost, "cut the connection before the answer was complete"),
    };

    private static (ProbeFailure, string) Tls(SeenCertificate certificate, Uri uri)
    {
        if (certificate.Chain.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return (ProbeFailure.CertificateExpired, certificate.NotBefore > certificate.SeenAt
                ? FormattableString.Invariant($"shows a certificate that is valid only from {certificate.NotBefore:yyyy-MM-dd}")
                : FormattableString.Invariant($"shows a certificate that expired on {certificate.NotAfter:yyyy-MM-dd}"));
        }

        if (certificate.Errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return (ProbeFailure.CertificateName, $"shows a certificate for {PlainText.OneLine(certificate.Names, 120)}, not for {uri.IdnHost}");
        }

        return (ProbeFailure.CertificateUntrusted, "shows a certificate that no authority trusted by this machine has signed");
    }

    private static T? Inner<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
