using System.Net;
using System.Net.Sockets;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>
/// A socket on this machine whose other side is a stream of somebody else's making: Npgsql connects to sockets only. It lies in a folder that only this user can
/// enter; a loopback port, which every user of the machine could use, is taken only where there is no such thing.
/// </summary>
internal sealed class LocalDoor : IAsyncDisposable
{
    /// <summary>Part of the name that clients give the socket's file; nobody listens on it.</summary>
    private const int NominalPort = 5432;
    /// <summary>What every kernel takes for the path of a socket.</summary>
    private const int LongestPath = 103;

    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    private readonly Func<CancellationToken, Task<Stream>> _lead;
    private readonly Socket _listener;
    private readonly DirectoryInfo? _folder;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    private LocalDoor(Func<CancellationToken, Task<Stream>> lead, Socket listener, DirectoryInfo? folder)
    {
        _lead = lead;
        _listener = listener;
        _folder = folder;
        Host = folder?.FullName ?? IPAddress.Loopback.ToString();
        Port = folder is null ? ((IPEndPoint)listener.LocalEndPoint!).Port : NominalPort;
        _accepting = AcceptAsync();
    }

    /// <summary>Folder of the socket, as clients name it, or the loopback address.</summary>
    public string Host { get; }

    public int Port { get; }

    /// <summary>Why the last one who came in was not let through, or was cut off.</summary>
    public Exception? Failure { get; private set; }

    /// <param name="lead">Makes the other side, once for every connection.</param>
    public static LocalDoor Open(Func<CancellationToken, Task<Stream>> lead)
    {
        if (!OperatingSystem.IsWindows())
        {
            // Closed to everyone else from its first moment on.
            var folder = Directory.CreateTempSubdirectory("malaria-incident-");
            var path = Path.Combine(folder.FullName, $".s.PGSQL.{NominalPort}");
            if (path.Length <= LongestPath)
            {
                return new(lead, Listen(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(path)), folder);
            }

            folder.Delete();
        }

        return new(lead, Listen(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Loopback, 0)), null);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting;
        try
        {
            _folder?.Delete(recursive: true);
        }
        catch (IOException)
        {
            // An empty folder of the temporary directory harms nobody.
        }
    }

    private static Socket Listen(Socket socket, EndPoint place)
    {
        socket.Bind(place);
        socket.Listen();
        return socket;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptAsync(_closing.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The door was closed.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        await using var here = new NetworkStream(client, ownsSocket: true);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        try
        {
            await using var there = await _lead(ending.Token);
            var (outwards, back) = (here.CopyToAsync(there, ending.Token), there.CopyToAsync(here, ending.Token));
            if (await Task.WhenAny(outwards, back) == outwards && outwards.IsFaulted)
            {
                // Why the other side takes nothing more, it may have said before.
                await Task.WhenAny(back, Task.Delay(LastWords, ending.Token));
            }

            // Either end closing closes the other: a half-open connection would be waited on until the deadline.
            var told = back.IsCompleted ? back : outwards;
            await ending.CancelAsync();
            await told;
        }
        catch (Exception exception) when (exception is IncidentException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Our own client may leave as it likes; what happens on the other side is what explains its failures.
            if (!_closing.IsCancellationRequested && exception is not (OperationCanceledException or IOException { InnerException: SocketException }))
            {
                Failure = exception;
            }
        }
    }
}
