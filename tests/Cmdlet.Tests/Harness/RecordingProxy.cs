using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Cmdlet.Tests.Harness;

/// <summary>Stands between a client and a server of the sandbox, hands everything on, and keeps what the client said.</summary>
internal sealed partial class RecordingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly Lock _gate = new();
    private readonly List<MemoryStream> _said = [];

    private RecordingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>What every client said so far, one connection after the other.</summary>
    public IReadOnlyList<byte[]> Said
    {
        get
        {
            lock (_gate)
            {
                return [.. _said.Select(stream => stream.ToArray())];
            }
        }
    }

    /// <summary>Leads the connection that a file names through a proxy.</summary>
    public static RecordingProxy Before(string connectionFile)
    {
        var connection = File.ReadAllText(connectionFile);
        var port = Port().Match(connection);
        Assert.True(port.Success, $"{connectionFile} names no port");
        var proxy = new RecordingProxy(int.Parse(port.ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
        File.WriteAllText(connectionFile, Port().Replace(connection, $"{((IPEndPoint)proxy._listener.LocalEndpoint).Port}", 1));
        return proxy;
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = HandOnAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task HandOnAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target);
                var said = new MemoryStream();
                lock (_gate)
                {
                    _said.Add(said);
                }

                await Task.WhenAny(CopyAsync(client, server, said), CopyAsync(server, client, null));
            }
            catch (Exception ended) when (ended is IOException or SocketException or ObjectDisposedException)
            {
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, MemoryStream? record)
    {
        var buffer = new byte[16 * 1024];
        while (await from.GetStream().ReadAsync(buffer) is var count and > 0)
        {
            if (record is not null)
            {
                lock (_gate)
                {
                    record.Write(buffer, 0, count);
                }
            }

            await to.GetStream().WriteAsync(buffer.AsMemory(0, count));
        }
    }

    [GeneratedRegex(@"(?<=(Port=|127\.0\.0\.1:))\d+", RegexOptions.ExplicitCapture)]
    private static partial Regex Port();
}
