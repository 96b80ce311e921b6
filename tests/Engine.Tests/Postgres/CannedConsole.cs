using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MalariaIncident.Engine.Postgres.Poolers;

namespace Engine.Tests.Postgres;

/// <summary>A pooler's console that is gone from one command on: it does what it was told, or answers it, and is never heard of again.</summary>
internal sealed class CannedConsole : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly bool _isPaused;
    private readonly string _last;
    private readonly bool _answersLast;
    private volatile bool _isGone;

    public CannedConsole(bool isPaused, string last, bool answersLast)
    {
        (_isPaused, _last, _answersLast) = (isPaused, last, answersLast);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Console => $"host=127.0.0.1 port={((IPEndPoint)_listener.LocalEndpoint).Port} user=admin sslmode=disable";

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                if (!_isGone)
                {
                    await ServeAsync(new(client.GetStream()));
                }
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(ConsoleWire wire)
    {
        try
        {
            var length = new byte[4];
            await wire.Stream.ReadExactlyAsync(length);
            await wire.Stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4]);
            await wire.SendAsync((byte)'R', new byte[4], CancellationToken.None);
            await wire.SendAsync((byte)'S', "server_version\01.25.0/bouncer\0"u8.ToArray(), CancellationToken.None);
            await wire.SendAsync((byte)'Z', "I"u8.ToArray(), CancellationToken.None);
            while (!_isGone)
            {
                var command = (await wire.ReceiveAsync(CancellationToken.None)).Text();
                _isGone = command.StartsWith(_last, StringComparison.Ordinal);
                if (!_isGone || _answersLast)
                {
                    await AnswerAsync(wire, command);
                }
            }
        }
        catch (IOException)
        {
            // The client has gone.
        }
    }

    private async Task AnswerAsync(ConsoleWire wire, string command)
    {
        string[][] rows = command switch
        {
            "SHOW DATABASES" => [["name", "paused"], ["app", _isPaused ? "1" : "0"]],
            "SHOW SERVERS" => [["database", "ptr", "connect_time", "close_needed"], ["app", "0x1", "today", "0"]],
            _ => [],
        };
        if (rows.Length > 0)
        {
            await wire.SendAsync((byte)'T', Row(rows[0], isHead: true), CancellationToken.None);
            await wire.SendAsync((byte)'D', Row(rows[1], isHead: false), CancellationToken.None);
        }

        await wire.SendAsync((byte)'C', "DONE\0"u8.ToArray(), CancellationToken.None);
        await wire.SendAsync((byte)'Z', "I"u8.ToArray(), CancellationToken.None);
    }

    private static byte[] Row(string[] cells, bool isHead)
    {
        var body = new MemoryStream();
        body.Write([0, (byte)cells.Length]);
        foreach (var cell in cells)
        {
            if (isHead)
            {
                ConsoleWire.Text(body, cell);
                body.Write(new byte[18]);
            }
            else
            {
                ConsoleWire.Number(body, cell.Length);
                body.Write(Encoding.UTF8.GetBytes(cell));
            }
        }

        return body.ToArray();
    }
}
