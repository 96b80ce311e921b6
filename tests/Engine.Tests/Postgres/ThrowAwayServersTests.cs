using System.Net.Sockets;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Postgres;

public sealed class ThrowAwayServersTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [SkippableFact]
    public async Task Stuck_queries_are_one_blocker_its_victims_and_a_long_one()
    {
        await using (var stuck = await StuckQueries.OpenAsync(postgres.Server.ConnectionString, new() { Victims = 2 }, CancellationToken.None))
        {
            Assert.Equal("idle in transaction", await postgres.AskAsync<string>($"SELECT state FROM pg_stat_activity WHERE pid = {stuck.Blocker}"));
            foreach (var victim in stuck.Victims)
            {
                Assert.Equal([stuck.Blocker], await postgres.AskAsync<int[]>($"SELECT pg_blocking_pids({victim})"));
            }

            Assert.Equal("active", await postgres.AskAsync<string>($"SELECT state FROM pg_stat_activity WHERE pid = {stuck.LongQuery}"));
        }

        // A backend ends a moment after its client has hung up.
        while (await postgres.AskAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'prediction-api'") > 0)
        {
            await Task.Delay(10);
        }
    }

    [SkippableFact]
    public async Task A_frozen_server_is_stopped_all_the_same()
    {
        _ = postgres.Server;
        var directory = Directory.CreateTempSubdirectory("malaria-incident-tests-");
        var server = (await ThrowAwayPostgres.TryStartAsync(directory.FullName, CancellationToken.None))!;
        server.Freeze();

        await server.DisposeAsync();

        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(server.Host, server.Port));
        Assert.Empty(directory.EnumerateFileSystemInfos());
        directory.Delete();
    }

    [Fact]
    public async Task A_cache_answers_and_asks_for_its_password()
    {
        var directory = Directory.CreateTempSubdirectory("malaria-incident-tests-");
        await using var cleared = new Cleared(directory);
        await using var redis = await ThrowAwayRedis.StartAsync(directory.FullName, CancellationToken.None);
        using var client = new TcpClient();
        await client.ConnectAsync(redis.Host, redis.Port);
        await using var stream = client.GetStream();

        Assert.StartsWith("-NOAUTH", await SayAsync(stream, "*1\r\n$4\r\nPING\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await SayAsync(stream, $"*2\r\n$4\r\nAUTH\r\n${redis.Password.Length}\r\n{redis.Password}\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("+PONG", await SayAsync(stream, "*1\r\n$4\r\nPING\r\n"), StringComparison.Ordinal);
    }

    private sealed class Cleared(DirectoryInfo directory) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            directory.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    private static async Task<string> SayAsync(NetworkStream stream, string command)
    {
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(command));
        var buffer = new byte[256];
        return System.Text.Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
    }
}
