using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Engine.Tests.Postgres;

/// <summary>
/// What a pooler does that matters here: its greeting carries a process id of its own making (BackendKeyData), everything else passes through.
/// </summary>
internal sealed class PoolerProxy : IAsyncDisposable
{
    private const byte BackendKeyData = (byte)'K';

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;
    private readonly Task _accepting;

    public PoolerProxy(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server);
                await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), AnswerAsync(server.GetStream(), client.GetStream()));
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
            }
        }
    }

    private static async Task AnswerAsync(NetworkStream server, NetworkStream client)
    {
        var header = new byte[5];
        // The answer to the request for TLS is one letter without a length.
        await server.ReadExactlyAsync(header.AsMemory(0, 1));
        if (header[0] is (byte)'N' or (byte)'S')
        {
            await client.WriteAsync(header.AsMemory(0, 1));
            await server.ReadExactlyAsync(header.AsMemory(0, 1));
        }

        while (true)
        {
            await server.ReadExactlyAsync(header.AsMemory(1));
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - 4];
            await server.ReadExactlyAsync(body);
            if (header[0] == BackendKeyData)
            {
                BinaryPrimitives.WriteInt32BigEndian(body, 0x7ABCDEF0);
            }

            await client.WriteAsync(header);
            await client.WriteAsync(body);
            await server.ReadExactlyAsync(header.AsMemory(0, 1));
        }
    }
}
