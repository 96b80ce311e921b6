using System.IO.Compression;
using System.Net.Http.Headers;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>Asks for compressed answers where the server is far away. .NET's own switch asks always or never.</summary>
internal sealed class CompressionHandler(ServerDistance distance, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string Gzip = "gzip";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!distance.IsNear)
        {
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(Gzip));
        }

        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (response.Content.Headers.ContentEncoding.Contains(Gzip))
        {
            response.Content = await UnpackedAsync(response.Content, cancellationToken);
        }

        return response;
    }

    private static async Task<HttpContent> UnpackedAsync(HttpContent packed, CancellationToken cancellationToken)
    {
        // Disposing the stream disposes the one below, and with it the connection's use.
        var content = new StreamContent(new GZipStream(await packed.ReadAsStreamAsync(cancellationToken), CompressionMode.Decompress));
        foreach ((string name, IEnumerable<string> values) in packed.Headers)
        {
            if (name is not ("Content-Encoding" or "Content-Length"))
            {
                content.Headers.TryAddWithoutValidation(name, values);
            }
        }

        return content;
    }
}
