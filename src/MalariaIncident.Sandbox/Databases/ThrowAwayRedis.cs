using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Security.Cryptography;
using Garnet;

namespace MalariaIncident.Sandbox.Databases;

/// <summary>A cache on loopback that speaks Redis' protocol: redis-server where it is installed, else Garnet inside this process.</summary>
[SuppressMessage("Interoperability", "CA1416", Justification = "On Windows there is no redis-server, and so no process.")]
public sealed class ThrowAwayRedis : IAsyncDisposable
{
    private readonly ChildServer? child;
    private readonly GarnetServer? garnet;

    private ThrowAwayRedis(int port, string password, ChildServer? child, GarnetServer? garnet)
    {
        Port = port;
        Password = password;
        this.child = child;
        this.garnet = garnet;
    }

    /// <summary>Always loopback.</summary>
    public string Host => "127.0.0.1";

    /// <summary>Port it listens on.</summary>
    public int Port { get; }

    /// <summary>The generated password.</summary>
    public string Password { get; }

    /// <summary>Connection as StackExchange.Redis reads it.</summary>
    public string ConnectionString => $"{Host}:{Port},password={Password}";

    /// <summary>The same as an address: <c>redis://…</c>.</summary>
    public string Url => $"redis://:{Password}@{Host}:{Port}";

    /// <summary>True for redis-server, false for Garnet.</summary>
    public bool IsRedis => child is not null;

    /// <summary>Starts one.</summary>
    public static async Task<ThrowAwayRedis> StartAsync(string directory, CancellationToken cancellationToken)
    {
        var port = FreePort.Take();
        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        if (!OperatingSystem.IsWindows() && ExecutablePath.Find("redis-server") is { } program)
        {
            Directory.CreateDirectory(directory);
            var process = ChildServer.Start(
                [program, "--port", $"{port}", "--bind", "127.0.0.1", "--requirepass", password, "--save", "", "--appendonly", "no", "--dir", directory],
                Path.Combine(directory, "redis.log"), "TERM");
            var redis = new ThrowAwayRedis(port, password, process, null);
            await redis.ListenAsync(cancellationToken);
            return redis;
        }

        var server = new GarnetServer(["--port", $"{port}", "--bind", "127.0.0.1", "--auth", "Password", "--password", password, "--logger-level", "None"]);
        server.Start();
        return new(port, password, null, server);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        garnet?.Dispose();
        if (child is not null)
        {
            await child.DisposeAsync();
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (child!.HasExited)
            {
                throw new InvalidOperationException("redis-server did not start.");
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
