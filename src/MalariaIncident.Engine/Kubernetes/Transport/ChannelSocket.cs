using System.Net;
using System.Net.WebSockets;
using System.Runtime.ExceptionServices;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// Opens the WebSockets of exec and port-forward, whose messages begin with the number of their channel, over our own chain of handlers. The library's own
/// methods would open sockets that know neither our trust nor our credentials.
/// </summary>
internal static class ChannelSocket
{
    public static async Task<ClientWebSocket> OpenAsync(HttpClient http, string path, IReadOnlyList<string> protocols, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        // Upgrades are HTTP/1.1; load balancers seldom know the other way.
        socket.Options.HttpVersion = HttpVersion.Version11;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        // A server that has gone away without a word is noticed.
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(15);
        foreach (var protocol in protocols)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        var address = new UriBuilder(new Uri(http.BaseAddress!, path));
        address.Scheme = address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
        try
        {
            await socket.ConnectAsync(address.Uri, http, cancellationToken);
            return socket;
        }
        catch (WebSocketException broken) when (Cause(broken) is { } cause)
        {
            socket.Dispose();
            // What the handlers said about the refusal is what the operator needs.
            ExceptionDispatchInfo.Throw(cause);
            throw;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Exception? Cause(Exception? failure)
    {
        for (failure = failure?.InnerException; failure is not null; failure = failure.InnerException)
        {
            if (failure is ClusterAnswerException or ClusterNonsenseException or IncidentException or HttpRequestException)
            {
                return failure;
            }
        }

        return null;
    }
}
