using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>A WebSocket whose messages begin with the number of their channel, as exec and port-forward speak it (v4 and v5.channel.k8s.io).</summary>
internal sealed class ChannelSocket(WebSocket socket, bool closesChannels) : IDisposable
{
    public const byte Input = 0, Output = 1, Error = 2, Status = 3;
    private const byte CloseChannel = 255;
    private readonly SemaphoreSlim _sending = new(1);

    /// <summary>Null where the client asks for no protocol that is known here.</summary>
    public static async Task<ChannelSocket?> AcceptAsync(HttpContext http, params string[] protocols)
    {
        if (!http.WebSockets.IsWebSocketRequest) return null;
        var wanted = http.WebSockets.WebSocketRequestedProtocols;
        var chosen = protocols.FirstOrDefault(protocol => wanted.Contains(protocol));
        if (chosen is null && wanted.Count > 0) return null;
        return new(await http.WebSockets.AcceptWebSocketAsync(chosen), chosen == "v5.channel.k8s.io");
    }

    public async Task SendAsync(byte channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var message = new byte[data.Length + 1];
        message[0] = channel;
        data.CopyTo(message.AsMemory(1));
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    public Task SendAsync(byte channel, string text, CancellationToken cancellationToken) => SendAsync(channel, Encoding.UTF8.GetBytes(text), cancellationToken);

    /// <summary>The next message; null when the client closed, an empty message on a channel when it closed that channel.</summary>
    public async Task<(byte Channel, byte[] Data)?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        while (true)
        {
            ValueWebSocketReceiveResult part;
            try
            {
                part = await socket.ReceiveAsync(buffer.GetMemory(32 * 1024), cancellationToken);
            }
            catch (WebSocketException)
            {
                return null;
            }
            if (part.MessageType == WebSocketMessageType.Close) return null;
            buffer.Advance(part.Count);
            if (!part.EndOfMessage) continue;
            if (buffer.WrittenCount == 0) continue;
            var message = buffer.WrittenSpan;
            return closesChannels && message[0] == CloseChannel && message.Length > 1 ? (message[1], []) : (message[0], message[1..].ToArray());
        }
    }

    /// <summary>Says how it ended on the status channel, and closes.</summary>
    public async Task FinishAsync(JsonObject status, CancellationToken cancellationToken)
    {
        await SendAsync(Status, status.ToJsonString(), cancellationToken);
        await CloseAsync(cancellationToken);
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _sending.Dispose();
        socket.Dispose();
    }
}
