namespace MalariaIncident.Engine.Redis;

/// <summary>Everything that was read from one server, before anyone judges it.</summary>
internal sealed record CacheReading
{
    private const long LookupsThatTell = 100;

    public required string Server { get; init; }
    /// <summary>At the end of the time it was watched.</summary>
    public required CacheInfo Info { get; init; }
    /// <summary>At the beginning; null when it was read once.</summary>
    public CacheInfo? Earlier { get; init; }
    /// <summary>Time between the two.</summary>
    public TimeSpan Watched { get; init; }
    /// <summary>Error of a keyed read: MOVED, CLUSTERDOWN …</summary>
    public string? KeyedReadError { get; init; }
    public IReadOnlyList<SlowCommand> SlowCommands { get; init; } = [];
    public IReadOnlyList<BigKey> BigKeys { get; init; } = [];
    public IReadOnlyList<string> Notes { get; init; } = [];

    public bool IsReplica => Info.Text("role") is "slave" or "replica";

    /// <summary>Growth of a counter while it was watched; null when it was not, or the server started over.</summary>
    public long? Growth(string name) => Earlier?.Number(name) is { } before && Info.Number(name) is { } after && after >= before ? after - before : null;

    /// <summary>Growth of an error's count while it was watched.</summary>
    public long ErrorGrowth(string name) => Earlier is null ? 0 : Math.Max(0, Info.Errors(name) - Earlier.Errors(name));

    /// <summary>Memory that counts against the limit: buffers of replicas and of the append-only file do not.</summary>
    public long? CountedMemory => Info.Number("used_memory") - (Info.Number("mem_not_counted_for_evict") ?? 0);

    public double? MemoryPercent => Info.Number("maxmemory") is > 0 and var limit ? 100.0 * CountedMemory / limit : null;

    public double? HitPercent => Percent(Info.Number("keyspace_hits"), Info.Number("keyspace_misses"));

    public double? HitPercentNow => Lookups >= LookupsThatTell ? Percent(Growth("keyspace_hits"), Growth("keyspace_misses")) : null;

    private long? Lookups => Growth("keyspace_hits") + Growth("keyspace_misses");

    public double? EvictionsPerSecond => Watched > TimeSpan.Zero ? Growth("evicted_keys") / Watched.TotalSeconds : null;

    /// <summary>The other ends of replication: a master's replicas, a replica's master.</summary>
    public IReadOnlyList<CacheReplica> Replicas()
    {
        if (IsReplica)
        {
            return
            [
                new CacheReplica(
                    $"{Info.Text("master_host")}:{Info.Text("master_port")}",
                    Info.Text("master_link_status") ?? "unknown",
                    null,
                    Info.Number("master_last_io_seconds_ago") is >= 0 and var ago ? TimeSpan.FromSeconds(ago) : null),
            ];
        }

        var offset = Info.Number("master_repl_offset");
        return [.. Info.Numbered("slave").Select(replica => new CacheReplica(
            $"{Text.PlainText.OneLine(Part(replica.Parts, "ip"), 100)}:{Text.PlainText.OneLine(Part(replica.Parts, "port"), 6)}",
            Text.PlainText.OneLine(Part(replica.Parts, "state") ?? "unknown", 30),
            long.TryParse(Part(replica.Parts, "offset"), out var acknowledged) && offset >= acknowledged ? offset - acknowledged : null,
            long.TryParse(Part(replica.Parts, "lag"), out var lag) && lag >= 0 ? TimeSpan.FromSeconds(lag) : null))];
    }

    private static string? Part(Dictionary<string, string> parts, string name) => parts.TryGetValue(name, out var value) ? value : null;

    private static double? Percent(long? hits, long? misses) => hits + misses > 0 ? 100.0 * hits / (hits + misses) : null;
}
