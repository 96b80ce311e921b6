using Garnet;
using MalariaIncident;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Redis;

public sealed class CacheHealthTests
{
    private readonly CacheDesk desk = new();

    [SkippableFact]
    public async Task A_well_cache_is_healthy_with_its_figures_and_stands_in_the_journal_without_its_password()
    {
        await using var cache = await TestCache.StartAsync(new() { Settings = ["--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"] });
        await cache.SayAsync("SET", "a", "1");
        await cache.SayAsync("GET", "a");
        await cache.SayAsync("GET", "b");
        var health = await desk.AskAsync(cache.Server.ConnectionString);

        Assert.True(health.Healthy, health.Detail);
        Assert.Empty(health.Findings);
        Assert.Equal(("INC-2026-0001", "master", "allkeys-lru"), (health.Incident!, health.Role!, health.EvictionPolicy!));
        Assert.Equal((64L * 1024 * 1024, 50.0, 1L), (health.MaximumMemoryBytes!.Value, health.HitPercent!.Value, health.Keys!.Value));
        Assert.InRange(health.MemoryPercent!.Value, 0.1, 50);
        Assert.True(health.MaximumClients > health.Clients);
        var (incident, kind, text, data) = Assert.Single(desk.Journal.Appended);
        Assert.Equal(("INC-2026-0001", EventKind.Checked, true), (incident!, kind, (bool)data!["healthy"]!));
        Assert.DoesNotContain(cache.Server.Password, text + data.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(cache.Server.Password, health.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Trap_PONG_while_writes_fail_with_OOM_is_unhealthy()
    {
        await using var cache = await FullAsync();
        Assert.StartsWith("+PONG", await cache.SayAsync("PING"), StringComparison.Ordinal);
        var health = await desk.AskAsync(cache.Server.ConnectionString);

        Assert.False(health.Healthy);
        var finding = Assert.Single(health.Findings, finding => finding.Reason == "OutOfMemory");
        Assert.Contains("noeviction", finding.Message, StringComparison.Ordinal);
        Assert.Contains("OOM", finding.Message, StringComparison.Ordinal);
        Assert.Contains("not healthy", health.Detail, StringComparison.Ordinal);
        Assert.False((bool)desk.Journal.Appended[0].Data!["healthy"]!);
    }

    [SkippableFact]
    public async Task Errors_that_clients_get_while_it_is_watched_are_found()
    {
        await using var cache = await FullAsync();
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await cache.SayAsync("SET", "more", new string('x', 10_000));
            }
        });
        var health = await desk.AskAsync(cache.Server.ConnectionString, new() { Sample = TimeSpan.FromSeconds(3) });
        await stop.CancelAsync();
        await writer;
        Assert.Contains(health.Findings, finding => finding.Reason == "RefusesNow" && finding.Message.Contains("OOM", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Trap_PONG_while_writes_fail_with_READONLY_is_unhealthy_and_lag_is_told()
    {
        await using var master = await TestCache.StartAsync();
        await using var replica = await TestCache.StartAsync(new()
        {
            Settings = ["--replicaof", master.Server.Host, $"{master.Server.Port}", "--masterauth", master.Server.Password, "--repl-diskless-sync-delay", "0"],
        });
        await replica.UntilAsync("master_link_status:up", "INFO", "replication");
        await master.UntilAsync("state=online", "INFO", "replication");

        var alone = await desk.AskAsync(replica.Server.ConnectionString);
        Assert.Equal((false, "replica"), (alone.Healthy, alone.Role!));
        Assert.Contains("READONLY", Assert.Single(alone.Findings, finding => finding.Reason == "ReadOnlyReplica").Message, StringComparison.Ordinal);
        Assert.Equal($"{master.Server.Host}:{master.Server.Port}", Assert.Single(alone.Replicas).Server);
        Assert.True((await desk.AskAsync(replica.Server.ConnectionString, new() { Sample = TimeSpan.Zero, AllowReplica = true })).Healthy);

        var link = Assert.Single((await desk.AskAsync(master.Server.ConnectionString)).Replicas);
        Assert.Equal("online", link.State);
        Assert.InRange(link.LagBytes!.Value, 0, 1000);

        await master.SayAsync("SHUTDOWN", "NOSAVE");
        await replica.UntilAsync("master_link_status:down", "INFO", "replication");
        var orphan = await desk.AskAsync(replica.Server.ConnectionString, new() { Sample = TimeSpan.Zero, AllowReplica = true });
        Assert.Contains(orphan.Findings, finding => finding.Reason == "MasterLost");
        Assert.False(orphan.Healthy);
    }

    [SkippableFact]
    public async Task A_failed_save_to_disk_is_unhealthy()
    {
        // A folder in the place of the dump is what even root cannot write a file over.
        await using var cache = await TestCache.StartAsync(new() { Settings = ["--dbfilename", "dump.rdb", "--save", "3600", "1"] });
        var folder = (await cache.SayAsync("CONFIG", "GET", "dir")).Split("\r\n")[4];
        Directory.CreateDirectory(Path.Combine(folder, "dump.rdb", "in-the-way"));
        await cache.SayAsync("SET", "a", "1");
        await cache.SayAsync("BGSAVE");
        await cache.UntilAsync("rdb_last_bgsave_status:err", "INFO", "persistence");
        Assert.StartsWith("-MISCONF", await cache.SayAsync("SET", "b", "1"), StringComparison.Ordinal);
        Assert.StartsWith("-MISCONF", await cache.SayAsync("PING"), StringComparison.Ordinal);

        var health = await desk.AskAsync(cache.Server.ConnectionString);
        await cache.SayAsync("CONFIG", "SET", "save", ""); // Otherwise it would not end before it could save.
        Assert.False(health.Healthy);
        Assert.Contains("MISCONF", Assert.Single(health.Findings, finding => finding.Reason == "SaveFailed").Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Slow_commands_are_shown_without_their_values()
    {
        await using var cache = await TestCache.StartAsync(new() { Settings = ["--slowlog-log-slower-than", "0"] });
        await cache.SayAsync("SET", "session:1", "very-secret-value");
        await cache.SayAsync("DEBUG", "SLEEP", "0");
        var health = await desk.AskAsync(cache.Server.ConnectionString);
        Assert.Contains(health.SlowCommands, command => command.Command == "SET session:1 (+1)");
        Assert.DoesNotContain(health.SlowCommands, command => command.Command.Contains("very-secret-value", StringComparison.Ordinal));
        Assert.DoesNotContain(health.SlowCommands, command => command.Command.Contains(cache.Server.Password, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Big_keys_are_found_by_a_bounded_sample_that_says_how_far_it_went()
    {
        await using var cache = await TestCache.StartAsync();
        for (var number = 0; number < 300; number++)
        {
            await cache.SayAsync("SET", $"small:{number}", "1");
        }

        await cache.SayAsync("SET", "big:\u001b[31mred", new string('x', 500_000));
        var all = await desk.AskAsync(cache.Server.ConnectionString, new() { Sample = TimeSpan.Zero, BigKeys = true });
        Assert.Equal((20, "big:red", "string"), (all.BigKeys.Count, all.BigKeys[0].Key, all.BigKeys[0].Type));
        Assert.InRange(all.BigKeys[0].Bytes, 500_000, 700_000);
        Assert.Contains(all.Notes, note => note.StartsWith("All 301 keys", StringComparison.Ordinal));

        var some = await desk.AskAsync(cache.Server.ConnectionString, new() { Sample = TimeSpan.Zero, BigKeys = true, MaximumKeys = 150 });
        Assert.Contains(some.Notes, note => note.StartsWith("150 of 301 keys", StringComparison.Ordinal));
        Assert.Empty((await desk.AskAsync(cache.Server.ConnectionString)).BigKeys);
    }

    [SkippableFact]
    public async Task Nothing_is_written_and_no_command_that_could_is_sent()
    {
        await using var cache = await TestCache.StartAsync();
        await cache.SayAsync("SET", "a", "1");
        await cache.SayAsync("CONFIG", "RESETSTAT");
        Assert.Null((await desk.AskAsync(cache.Server.ConnectionString)).HitPercent); // Looking is no lookup.
        await desk.AskAsync(cache.Server.ConnectionString, new() { Sample = TimeSpan.FromMilliseconds(100), BigKeys = true });
        var sent = (await cache.SayAsync("INFO", "commandstats")).Split("\r\n")
            .Where(line => line.StartsWith("cmdstat_", StringComparison.Ordinal))
            .Select(line => line["cmdstat_".Length..line.IndexOf(':', StringComparison.Ordinal)].Split('|')[0]);
        string[] reading = ["auth", "hello", "client", "config", "echo", "info", "memory", "ping", "scan", "select", "slowlog", "type"];
        Assert.Empty(sent.Except(reading));
        Assert.Contains("rdb_changes_since_last_save:1", await cache.SayAsync("INFO", "persistence"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Of_several_servers_a_replica_beside_its_master_is_well()
    {
        await using var master = await TestCache.StartAsync(new() { WithPassword = false });
        await using var replica = await TestCache.StartAsync(new()
        {
            WithPassword = false,
            Settings = ["--replicaof", master.Server.Host, $"{master.Server.Port}", "--repl-diskless-sync-delay", "0"],
        });
        await replica.UntilAsync("master_link_status:up", "INFO", "replication");
        var both = await desk.AskAllAsync($"{master.Server.ConnectionString},{replica.Server.ConnectionString}");
        Assert.Equal(["master", "replica"], both.Select(health => health.Role!));
        Assert.All(both, health => Assert.True(health.Healthy, health.Detail));
    }

    [Fact]
    public async Task A_server_that_reports_less_is_judged_by_what_it_reports()
    {
        var port = FreePort.Take();
        using var garnet = new GarnetServer(["--port", $"{port}", "--bind", "127.0.0.1", "--logger-level", "None"]);
        garnet.Start();
        var health = await desk.AskAsync($"127.0.0.1:{port}", new() { Sample = TimeSpan.FromMilliseconds(10), BigKeys = true });
        Assert.True(health.Healthy, health.Detail);
        Assert.Contains(health.Notes, note => note.Contains("does not report", StringComparison.Ordinal));
    }

    /// <summary>A cache that has just refused a write.</summary>
    private static async Task<TestCache> FullAsync()
    {
        var cache = await TestCache.StartAsync(new() { Settings = ["--maxmemory", "4mb", "--maxmemory-policy", "noeviction"] });
        for (var number = 0; !(await cache.SayAsync("SET", $"key:{number}", new string('x', 50_000))).StartsWith("-OOM", StringComparison.Ordinal); number++)
        {
            Assert.True(number < 1000, "It never became full.");
        }

        return cache;
    }
}
