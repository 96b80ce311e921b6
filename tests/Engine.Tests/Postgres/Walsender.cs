using System.Diagnostics;
using MalariaIncident.Sandbox.Databases;
using Npgsql;

namespace Engine.Tests.Postgres;

/// <summary>A real replication client with a real slot: pg_receivewal streams until it is stopped.</summary>
internal sealed class Walsender : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _directory;
    private readonly PostgresServer _server;

    private Walsender(Process process, string directory, PostgresServer server)
    {
        _process = process;
        _directory = directory;
        _server = server;
    }

    public int ProcessId { get; private set; }

    public static async Task<Walsender> StartAsync(PostgresServer server)
    {
        await server.Server.ExecuteAsync("SELECT pg_create_physical_replication_slot('test_slot')");
        var directory = Directory.CreateTempSubdirectory("malaria-incident-wal-").FullName;
        var settings = new NpgsqlConnectionStringBuilder(server.Server.ConnectionString);
        var start = new ProcessStartInfo(
            Path.Combine(PostgresBinaries.Find()!.Directory, "pg_receivewal"),
            ["-D", directory, "-S", "test_slot", "-h", settings.Host!, "-p", $"{settings.Port}", "-U", settings.Username!, "--no-loop"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        start.Environment["PGPASSWORD"] = settings.Password;
        var walsender = new Walsender(Process.Start(start)!, directory, server);
        while ((walsender.ProcessId = await server.AskAsync<int>("SELECT coalesce(max(pid), 0) FROM pg_stat_replication WHERE state = 'streaming'")) == 0)
        {
            Assert.False(walsender._process.HasExited, "pg_receivewal ended");
            await Task.Delay(20);
        }

        return walsender;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        while (await _server.AskAsync<bool>("SELECT active FROM pg_replication_slots WHERE slot_name = 'test_slot'"))
        {
            await Task.Delay(20);
        }

        await _server.Server.ExecuteAsync("SELECT pg_drop_replication_slot('test_slot')");
        Directory.Delete(_directory, recursive: true);
    }
}
