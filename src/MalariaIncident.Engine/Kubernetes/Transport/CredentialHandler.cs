using System.Net;
using System.Net.Security;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// Innermost of the chain: shows the credential, refreshes it once when the server refuses it, and owns the sockets, which
/// are made anew when a plugin hands out another client certificate.
/// </summary>
internal sealed class CredentialHandler(KubeContext context, Func<SslStreamCertificateContext?, HttpMessageHandler> open) : HttpMessageHandler
{
    private readonly Lock gate = new();
    private SslStreamCertificateContext? certificate;
    private HttpMessageInvoker? sockets;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // SslOptions.TargetHost is overwritten by the handler: the name to check is that of the Host header.
        request.Headers.Host = context.TlsServerName;
        foreach ((string name, string value) in context.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        ClusterCredential credential = await context.Credentials.GetAsync(cancellationToken);
        HttpResponseMessage response = await SendAsync(request, credential, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized
            || await context.Credentials.RefreshAsync(credential, cancellationToken) is not { } fresh)
        {
            return response;
        }

        // Refused before anything was done, so that a write may go out again.
        response.Dispose();
        return await SendAsync(request, fresh, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            sockets?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ClusterCredential credential, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = credential.Authorization;
        try
        {
            return await Sockets(credential.Certificate).SendAsync(request, cancellationToken);
        }
        finally
        {
            // Nothing that outlives the request may hold the token.
            request.Headers.Authorization = null;
        }
    }

    private HttpMessageInvoker Sockets(SslStreamCertificateContext? wanted)
    {
        lock (gate)
        {
            if (sockets is null || !ReferenceEquals(certificate, wanted))
            {
                // The old sockets may still carry a request; the finaliser closes them.
                certificate = wanted;
                sockets = new HttpMessageInvoker(open(wanted));
            }

            return sockets;
        }
    }
}
