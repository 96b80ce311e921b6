using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>
/// pods/portforward over a WebSocket (v4.channel.k8s.io, as KubernetesClient speaks it): two channels a port, data and errors, each
/// opened by the server with the port's number. kubectl tunnels SPDY instead, which is not spoken here.
/// </summary>
internal sealed class PodPortForward(ClusterStore store)
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    /// <summary>Loopback ports behind container ports: pod or app label, and port → the throw-away server. A pod's own goes first.</summary>
    public ConcurrentDictionary<(string PodOrApp, int Port), int> Backends { get; } = [];

    public async Task Answer(ApiCall call, ApiPath path)
    {
        var pod = store.Find(ResourceKinds.Pods, path.Namespace!, path.Name!)?.As<V1Pod>() ?? throw ApiException.NotFound(ResourceKinds.Pods, path.Name!);
        if (pod.Status?.Phase != "Running") throw ApiException.BadRequest($"pod {path.Name} is not running: its phase is {pod.Status?.Phase}");
        var ports = call.Http.Request.Query["ports"].SelectMany(text => (text ?? "").Split(',')).Select(text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : throw ApiException.BadRequest($"unable to parse \"{text}\" as a port")).ToArray();
        if (ports.Length == 0) throw ApiException.BadRequest("query parameter \"ports\" is required");
        using var socket = await ChannelSocket.AcceptAsync(call.Http, "v4.channel.k8s.io")
            ?? throw ApiException.BadRequest("unable to upgrade: port-forward is served over WebSockets with v4.channel.k8s.io");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        var streams = new NetworkStream?[ports.Length];
        var sending = Task.CompletedTask;
        try
        {
            for (var index = 0; index < ports.Length; index++) streams[index] = await OpenAsync(socket, pod, ports[index], (byte)(index * 2), stop.Token);
            var replies = streams.Select((stream, index) => stream is null ? Task.CompletedTask : ReplyAsync(socket, stream, (byte)(index * 2), stop.Token)).ToArray();
            sending = SendAsync(socket, streams, stop.Token);
            await Task.WhenAny(sending, Task.WhenAll(replies));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One end is gone; the other learns it by the close below.
        }
        finally
        {
            await socket.CloseAsync(CancellationToken.None);
            // A socket that is torn down at once takes with it what the client has not read yet: the reason.
            await Task.WhenAny(sending, Task.Delay(Farewell, CancellationToken.None));
            await stop.CancelAsync();
            foreach (var stream in streams) stream?.Dispose();
        }
    }

    private async Task<NetworkStream?> OpenAsync(ChannelSocket socket, V1Pod pod, int port, byte channel, CancellationToken cancellationToken)
    {
        var number = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(number, (ushort)port);
        await socket.SendAsync(channel, number, cancellationToken);
        await socket.SendAsync((byte)(channel + 1), number, cancellationToken);
        var app = pod.Metadata.Labels?.TryGetValue("app", out var label) == true ? label : "";
        if (Backends.TryGetValue((pod.Metadata.Name, port), out var backend) || Backends.TryGetValue((app, port), out backend))
        {
            var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, backend), cancellationToken);
                return new(client, ownsSocket: true);
            }
            catch (SocketException)
            {
                client.Dispose();
            }
        }
        await socket.SendAsync((byte)(channel + 1), $"an error occurred forwarding {port}: connection refused: nothing listens on port {port} of pod {pod.Metadata.Name}", cancellationToken);
        return null;
    }

    private static async Task SendAsync(ChannelSocket socket, NetworkStream?[] streams, CancellationToken cancellationToken)
    {
        while (await socket.ReceiveAsync(cancellationToken) is { } message)
            if (message.Channel % 2 == 0 && message.Channel / 2 < streams.Length && streams[message.Channel / 2] is { } stream)
                await stream.WriteAsync(message.Data, cancellationToken);
    }

    private static async Task ReplyAsync(ChannelSocket socket, NetworkStream stream, byte channel, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0) await socket.SendAsync(channel, buffer.AsMemory(0, read), cancellationToken);
    }
}
