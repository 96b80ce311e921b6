using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Garnet;

namespace MalariaIncident.Sandbox.Databases;

/// <summary>A cache on loopback that speaks Redis' protocol: redis-server where it is installed, else Garnet inside this process.</summary>
[SuppressMessage("Interoperability", "CA1416", Justification = "On Windows there is no redis-server, and so no process.")]
public sealed class ThrowAwayRedis : IAsyncDisposable
{
    private readonly ChildServer? child;
    private readonly GarnetServer? garnet;

    private readonly string? pidFile;

    private ThrowAwayRedis(int port, string password, ChildServer? child, string? pidFile, GarnetServer? garnet)
    {
        Port = port;
        Password = password;
        this.pidFile = pidFile;
        this.child = child;
        this.garnet = garnet;
    }

    /// <summary>Always loopback.</summary>
    public string Host => "127.0.0.1";

    /// <summary>Port it listens on.</summary>
    public int Port { get; }

    /// <summary>The generated password; empty without one.</summary>
    public string Password { get; }

    /// <summary>Connection as StackExchange.Redis reads it.</summary>
    public string ConnectionString => Password.Length == 0 ? $"{Host}:{Port}" : $"{Host}:{Port},password={Password}";

    /// <summary>The same as an address: <c>redis://…</c>.</summary>
    public string Url => $"redis://:{Password}@{Host}:{Port}";

    /// <summary>True for redis-server, false for Garnet.</summary>
    public bool IsRedis => child is not null;

    /// <summary>True where redis-server is installed, so that <see cref="ThrowAwayRedisOptions.Settings"/> take effect.</summary>
    public static bool IsInstalled => !OperatingSystem.IsWindows() && ExecutablePath.Find("redis-server") is not null;

    /// <summary>Starts one.</summary>
    public static Task<ThrowAwayRedis> StartAsync(string directory, CancellationToken cancellationToken) => StartAsync(directory, new(), cancellationToken);

    /// <summary>Starts one with settings of its own; Garnet takes none of them but the password.</summary>
    public static async Task<ThrowAwayRedis> StartAsync(string directory, ThrowAwayRedisOptions options, CancellationToken cancellationToken)
    {
        var port = FreePort.Take();
        var password = options.WithPassword ? RandomNumberGenerator.GetHexString(32, lowercase: true) : "";
        if (!OperatingSystem.IsWindows() && ExecutablePath.Find("redis-server") is { } program)
        {
            Directory.CreateDirectory(directory);
            var pidPath = Path.Combine(directory, "redis.pid");
            var log = Path.Combine(directory, "redis.log");
            var process = ChildServer.Start(
                [
                    program, "--bind", "127.0.0.1", "--requirepass", password, "--save", "", "--appendonly", "no", "--dir", directory, "--pidfile", pidPath,
                    .. options.Tls is { } tls
                        ? ["--port", "0", "--tls-port", $"{port}", "--tls-cert-file", tls.Certificate, "--tls-key-file", tls.Key, "--tls-ca-cert-file", tls.Certificate, "--tls-auth-clients", "no"]
                        : (IEnumerable<string>)["--port", $"{port}"],
                    .. options.Settings,
                ],
                log, "TERM");
            var redis = new ThrowAwayRedis(port, password, process, pidPath, null);
            await redis.ListenAsync(log, cancellationToken);
            return redis;
        }

        IEnumerable<string> authentication = options.WithPassword ? ["--auth", "Password", "--password", password] : [];
        var server = new GarnetServer(["--port", $"{port}", "--bind", "127.0.0.1", .. authentication, "--logger-level", "None"]);
        server.Start();
        return new(port, password, null, null, server);
    }

    /// <summary>Runs one command; InvalidOperationException with the server's error.</summary>
    public async Task ExecuteAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Host, Port, cancellationToken);
        using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        IReadOnlyList<IReadOnlyList<string>> commands = Password.Length == 0 ? [words] : [["AUTH", Password], words];
        foreach (var command in commands)
        {
            var text = $"*{command.Count}\r\n" + string.Concat(command.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"));
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
            if (await reader.ReadLineAsync(cancellationToken) is not { } answer || answer.StartsWith('-'))
            {
                throw new InvalidOperationException($"The cache refused {command[0]}.");
            }
        }
    }

    /// <summary>Stops the process where it stands (SIGSTOP): connections stay open, and nothing answers.</summary>
    public void Freeze() => ServerProcesses.FromPidFile(pidFile!).Signal(ServerProcesses.Stop);

    /// <summary>Lets a frozen server go on.</summary>
    public void Thaw() => ServerProcesses.FromPidFile(pidFile!).Signal(ServerProcesses.Continue);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        garnet?.Dispose();
        if (child is not null)
        {
            await child.DisposeAsync();
        }
    }

    private async Task ListenAsync(string log, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (child!.HasExited)
            {
                throw new InvalidOperationException($"redis-server did not start: {await ChildServer.LastWordsAsync(log)}");
            }

            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(Host, Port, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
        }
    }
}
