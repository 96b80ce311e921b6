using System.Net.Sockets;
using System.Text;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Redis;

/// <summary>A real redis-server for one test; a machine without one skips, unless servers are required.</summary>
internal sealed class TestCache : IAsyncDisposable
{
    private readonly DirectoryInfo place;

    private TestCache(ThrowAwayRedis server, DirectoryInfo place)
    {
        Server = server;
        this.place = place;
    }

    public ThrowAwayRedis Server { get; }

    public static async Task<TestCache> StartAsync(ThrowAwayRedisOptions? options = null)
    {
        var required = Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") == "1";
        Skip.If(!ThrowAwayRedis.IsInstalled && !required, "No redis-server is installed here.");
        Assert.True(ThrowAwayRedis.IsInstalled, "MALARIA_INCIDENT_REQUIRE_SERVERS is set, and no redis-server is installed here.");
        var directory = Directory.CreateTempSubdirectory("malaria-incident-tests-");
        return new(await ThrowAwayRedis.StartAsync(directory.FullName, options ?? new(), CancellationToken.None), directory);
    }

    /// <summary>The beginning of the answer to one command, as it stands on the wire.</summary>
    public async Task<string> SayAsync(params string[] words)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Server.Host, Server.Port);
        await using var stream = client.GetStream();
        if (Server.Password.Length > 0)
        {
            await SayAsync(stream, ["AUTH", Server.Password]);
        }

        return await SayAsync(stream, words);
    }

    /// <summary>Asks again and again until the answer contains what is waited for.</summary>
    public async Task UntilAsync(string part, params string[] words)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!(await SayAsync(words)).Contains(part, StringComparison.Ordinal))
        {
            await Task.Delay(50, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        place.Delete(recursive: true);
    }

    private static async Task<string> SayAsync(NetworkStream stream, string[] words)
    {
        var command = $"*{words.Length}\r\n" + string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"));
        await stream.WriteAsync(Encoding.UTF8.GetBytes(command));
        var buffer = new byte[64 * 1024];
        var answer = Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
        // A long text says how long it is, and may come in pieces; one that is missing is -1 long.
        while (answer.StartsWith('$') && !answer.StartsWith("$-", StringComparison.Ordinal) && answer.Length < Whole(answer) && await stream.ReadAsync(buffer) is var more and > 0)
        {
            answer += Encoding.UTF8.GetString(buffer, 0, more);
        }

        return answer;
    }

    private static int Whole(string answer) => answer.IndexOf('\n', StringComparison.Ordinal) is var line and > 0 ? line + 1 + int.Parse(answer.AsSpan(1, line - 1)) + 2 : int.MaxValue;
}
