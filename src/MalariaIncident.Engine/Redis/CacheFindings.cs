using System.Globalization;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Redis;

/// <summary>
/// What is wrong with a cache. A PONG proves that someone listens; whether writes are taken, reads are fresh and data survives stands in INFO.
/// </summary>
internal static class CacheFindings
{
    private const double MemoryGone = 98, MemoryShort = 85, LowHitPercent = 50, FragmentedRatio = 1.5;
    private const long LookupsThatTell = 1000, MemoryThatTells = 100L * 1024 * 1024, LagBytes = 10L * 1024 * 1024;
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(10), SlowCommand = TimeSpan.FromMilliseconds(100), SlowLately = TimeSpan.FromMinutes(15), SlowFork = TimeSpan.FromSeconds(1);

    /// <summary>Errors that clients get in place of an answer while PING is answered.</summary>
    private static readonly (string Error, string Means)[] Refusals =
    [
        ("OOM", "it is out of memory"), ("READONLY", "it is a replica"), ("MISCONF", "it cannot save to disk"), ("NOREPLICAS", "too few replicas are in step"),
        ("MASTERDOWN", "it lost its master"), ("CLUSTERDOWN", "its cluster is down"),
    ];

    /// <summary>Worst first.</summary>
    public static IReadOnlyList<CacheFinding> Of(CacheReading reading, bool replicaIsMeant, DateTimeOffset now) =>
    [
        .. Refused(reading).Concat(Memory(reading)).Concat(Replication(reading, replicaIsMeant)).Concat(Persistence(reading)).Concat(Clients(reading))
            .Concat(Cluster(reading)).Concat(Speed(reading, now))
            .OrderBy(finding => finding.Severity),
    ];

    private static IEnumerable<CacheFinding> Refused(CacheReading reading)
    {
        foreach (var (error, means) in Refusals)
        {
            if (reading.ErrorGrowth(error) is > 0 and var times)
            {
                yield return Critical("RefusesNow", $"Refused {Amount.Of(times, "command")} with {error} within {reading.Watched.TotalSeconds:0.#} s: {means}.");
            }
        }
    }

    private static IEnumerable<CacheFinding> Memory(CacheReading reading)
    {
        var policy = reading.Info.Text("maxmemory_policy") ?? "unknown policy";
        var keys = reading.Info.Keyspace;
        var evictsNothing = policy == "noeviction" || (policy.StartsWith("volatile-", StringComparison.Ordinal) && keys.Sum(database => database.Expiring) == 0 && keys.Sum(database => database.Keys) > 0);
        if (reading.MemoryPercent is { } percent)
        {
            var used = $"Memory is at {Invariant(percent, "0.#")}% of maxmemory ({Size.Of(reading.Info.Number("maxmemory")!.Value)}, {policy})";
            var refused = reading.Info.Errors("OOM") is > 0 and var times ? $"; it has refused {Amount.Of(times, "command")} with OOM so far" : "";
            if (evictsNothing && percent >= MemoryGone)
            {
                yield return Critical("OutOfMemory", $"{used}, and nothing can be evicted: writes fail or are about to, while PING is answered{refused}. Find big keys with -BigKeys, raise maxmemory, or set an eviction policy.");
            }
            else if (evictsNothing && percent >= MemoryShort)
            {
                yield return Warning("MemoryShort", $"{used}, and nothing can be evicted: writes fail when it is full{refused}.");
            }
        }
        else if (reading.Info.Number("maxmemory") == 0)
        {
            yield return reading.Info.Number("used_memory_rss") > 0.9 * reading.Info.Number("total_system_memory")
                ? Critical("MachineMemoryShort", "There is no maxmemory, and it fills more than 90% of the machine's memory: the kernel will end it.")
                : new CacheFinding(FindingSeverity.Information, "NoMemoryLimit", "There is no maxmemory: it grows until the machine or the container ends it.");
        }

        // The server forgets to reset this time where its limit is taken away.
        if (!evictsNothing && reading.MemoryPercent >= 100 && reading.Info.Number("current_eviction_exceeded_time") is > 0 and var exceeded)
        {
            yield return Critical("EvictionBehind", $"It has been over its memory limit for {exceeded} ms: eviction does not keep up with writes.");
        }
        else if (reading.EvictionsPerSecond > 0)
        {
            yield return Warning("EvictingNow", $"It evicts {Invariant(reading.EvictionsPerSecond.Value, "0.#")} keys per second: the working set does not fit.");
        }

        if (reading.Info.Number("used_memory") > MemoryThatTells && reading.Info.Fraction("mem_fragmentation_ratio") is { } ratio and (> FragmentedRatio or < 0.9))
        {
            yield return Warning(ratio > 1 ? "Fragmented" : "Swapped", ratio > 1
                ? $"It holds {Invariant(ratio, "0.##")} times the memory it uses: fragmented (activedefrag helps)."
                : $"Only {Invariant(100 * ratio, "0")}% of its memory is in RAM: it is swapped out, and slow.");
        }
    }

    private static IEnumerable<CacheFinding> Replication(CacheReading reading, bool replicaIsMeant)
    {
        if (reading.IsReplica)
        {
            var master = reading.Replicas()[0];
            if (!replicaIsMeant && reading.Info.Number("slave_read_only") != 0)
            {
                yield return Critical("ReadOnlyReplica", $"It is a read-only replica of {master.Server}: writes fail with READONLY, while PING is answered. Point the application at the master, or use -AllowReplica where a replica is meant.");
            }

            if (master.State != "up")
            {
                var since = reading.Info.Number("master_link_down_since_seconds") is > 0 and var seconds ? $" for {seconds} s" : "";
                yield return Critical("MasterLost", $"The link to its master {master.Server} is {master.State}{since}: what it answers is old.");
            }
            else if (master.LastHeard > Lag)
            {
                yield return Warning("ReplicationLag", $"It last heard from its master {master.Server} {master.LastHeard.Value.TotalSeconds:0} s ago.");
            }

            yield break;
        }

        foreach (var replica in reading.Replicas().Where(replica => replica.State != "online" || replica.LastHeard > Lag || replica.LagBytes > LagBytes))
        {
            yield return Warning("ReplicationLag", $"Replica {replica.Server} is {replica.State}, {(replica.LagBytes is { } behind ? Size.Of(behind) : "an unknown amount")} behind"
                + $"{(replica.LastHeard is { } heard ? $", heard {heard.TotalSeconds:0} s ago" : "")}: a failover now would lose writes.");
        }
    }

    private static IEnumerable<CacheFinding> Persistence(CacheReading reading)
    {
        if (reading.Info.Number("loading") == 1)
        {
            yield return Critical("Loading", "It is loading its data from disk and answers commands with LOADING.");
        }

        if (reading.Info.Text("rdb_last_bgsave_status") is { } save and not "ok")
        {
            yield return Critical("SaveFailed", $"The last save to disk failed (rdb_last_bgsave_status: {save}), {reading.Info.Number("rdb_changes_since_last_save") ?? 0} changes ago: unless stop-writes-on-bgsave-error is off, writes fail with MISCONF. "
                + "Check disk space and rights of its data folder.");
        }

        if (reading.Info.Text("aof_last_write_status") is { } write and not "ok")
        {
            yield return Critical("AppendFailed", $"It cannot write its append-only file (aof_last_write_status: {write}): writes fail with MISCONF. Check disk space and rights of its data folder.");
        }

        if (reading.Info.Text("aof_last_bgrewrite_status") is { } rewrite and not "ok")
        {
            yield return Warning("RewriteFailed", $"The last rewrite of the append-only file failed ({rewrite}): the file grows until the disk is full.");
        }

        if (reading.Info.Number("latest_fork_usec") is { } fork && TimeSpan.FromMicroseconds(fork) > SlowFork)
        {
            yield return Warning("SlowFork", $"The last fork for a save stood everything still for {Invariant(fork / 1e6, "0.#")} s.");
        }
    }

    private static IEnumerable<CacheFinding> Clients(CacheReading reading)
    {
        if (reading.Growth("rejected_connections") is > 0 and var rejected)
        {
            yield return Critical("RejectsConnections", $"It refused {Amount.Of(rejected, "connection")} within {reading.Watched.TotalSeconds:0.#} s: maxclients is reached.");
        }

        if (reading.Info.Number("connected_clients") is { } clients && reading.Info.Number("maxclients") is > 0 and var limit && clients >= 0.8 * limit)
        {
            var text = $"{clients} of {limit} clients are connected (maxclients)";
            yield return clients >= 0.95 * limit
                ? Critical("ClientsExhausted", $"{text}: the next ones are refused. Find who opens them, or raise maxclients.")
                : Warning("ClientsShort", $"{text}.");
        }
    }

    private static IEnumerable<CacheFinding> Cluster(CacheReading reading)
    {
        if (reading.KeyedReadError == "CLUSTERDOWN")
        {
            yield return Critical("ClusterDown", "Its cluster is down or does not cover every slot: keys are refused with CLUSTERDOWN, while PING is answered.");
        }
        else if (reading.KeyedReadError is { Length: > 0 } error and not "MOVED")
        {
            yield return error == "NOPERM"
                ? new CacheFinding(FindingSeverity.Information, "KeysForbidden", "This user may not read keys (NOPERM); whether they are served was not tried.")
                : Critical("KeysRefused", $"A read of a key is refused with {Text.PlainText.OneLine(error, 30)}, while PING is answered.");
        }
        else if (reading.Info.Number("cluster_enabled") == 1)
        {
            yield return new CacheFinding(FindingSeverity.Information, "ClusterNode", "It is one node of a cluster: the figures are its own, and keys of other nodes are answered with MOVED, on which a client that is not cluster-aware fails.");
        }
    }

    private static IEnumerable<CacheFinding> Speed(CacheReading reading, DateTimeOffset now)
    {
        var lookups = reading.Growth("keyspace_hits") + reading.Growth("keyspace_misses");
        var lookupsEver = reading.Info.Number("keyspace_hits") + reading.Info.Number("keyspace_misses");
        var (hit, when) = lookups >= LookupsThatTell ? (reading.HitPercentNow, "now") : lookupsEver >= LookupsThatTell ? (reading.HitPercent, "since it started") : (null, "");
        if (hit < LowHitPercent)
        {
            yield return Warning("LowHitRate", $"Only {Invariant(hit.Value, "0.#")}% of lookups find their key {when}: what is missed falls on the database.");
        }

        var slow = reading.SlowCommands.Where(command => command.Duration >= SlowCommand && now - command.Time <= SlowLately).ToList();
        if (slow.Count > 0)
        {
            var worst = slow.MaxBy(command => command.Duration)!;
            yield return Warning("SlowCommands", $"{Amount.Of(slow.Count, "command")} held it for {SlowCommand.TotalMilliseconds:0} ms or longer within {SlowLately.TotalMinutes:0} minutes; the slowest, {worst.Command}, for {worst.Duration.TotalMilliseconds:0} ms. Everyone waits meanwhile.");
        }
    }

    private static CacheFinding Critical(string reason, string message) => new(FindingSeverity.Critical, reason, message);

    private static CacheFinding Warning(string reason, string message) => new(FindingSeverity.Warning, reason, message);

    private static string Invariant(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
