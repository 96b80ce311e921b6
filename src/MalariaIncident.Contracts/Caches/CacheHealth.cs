namespace MalariaIncident;

/// <summary>One cache server at one moment. What the server does not report is null.</summary>
public sealed record CacheHealth
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>The server, <c>host:port</c>.</summary>
    public required string Server { get; init; }
    /// <summary>UTC.</summary>
    public required DateTimeOffset Time { get; init; }
    /// <summary>False when there is a critical finding: a PONG alone says nothing about writes.</summary>
    public bool Healthy => Findings.All(finding => finding.Severity != FindingSeverity.Critical);
    /// <summary>The verdict and the worst finding, in a sentence.</summary>
    public required string Detail { get; init; }
    /// <summary>Server version.</summary>
    public string? Version { get; init; }
    /// <summary>How long it has run.</summary>
    public TimeSpan? Uptime { get; init; }
    /// <summary>master or replica.</summary>
    public string? Role { get; init; }
    /// <summary>Memory used by the data and its administration, in bytes.</summary>
    public long? MemoryBytes { get; init; }
    /// <summary>maxmemory in bytes; 0 means no limit.</summary>
    public long? MaximumMemoryBytes { get; init; }
    /// <summary>Memory that counts against maxmemory, as a percentage of it; null without a limit.</summary>
    public double? MemoryPercent { get; init; }
    /// <summary>maxmemory-policy: noeviction, allkeys-lru …</summary>
    public string? EvictionPolicy { get; init; }
    /// <summary>Keys evicted since the server started.</summary>
    public long? EvictedKeys { get; init; }
    /// <summary>Keys evicted per second while it was watched; null when it was not.</summary>
    public double? EvictionsPerSecond { get; init; }
    /// <summary>Share of lookups that found their key since the server started, in percent; null without lookups.</summary>
    public double? HitPercent { get; init; }
    /// <summary>The same while it was watched; null with fewer than a hundred lookups.</summary>
    public double? HitPercentNow { get; init; }
    /// <summary>Commands per second by the server's own measure.</summary>
    public long? CommandsPerSecond { get; init; }
    /// <summary>Clients connected.</summary>
    public long? Clients { get; init; }
    /// <summary>maxclients.</summary>
    public long? MaximumClients { get; init; }
    /// <summary>Connections refused since the server started, because there were too many.</summary>
    public long? RejectedConnections { get; init; }
    /// <summary>Keys in all databases.</summary>
    public long? Keys { get; init; }
    /// <summary>Replicas of a master, or the link of a replica to its master.</summary>
    public IReadOnlyList<CacheReplica> Replicas { get; init; } = [];
    /// <summary>Slowest commands of the server's slow log, slowest first; values are not shown.</summary>
    public IReadOnlyList<SlowCommand> SlowCommands { get; init; } = [];
    /// <summary>Biggest keys of the sample, biggest first; empty unless they were asked for.</summary>
    public IReadOnlyList<BigKey> BigKeys { get; init; } = [];
    /// <summary>What is wrong, worst first.</summary>
    public IReadOnlyList<CacheFinding> Findings { get; init; } = [];
    /// <summary>What could not be read, and how far a sample went.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
    /// <summary>How long reading took.</summary>
    public TimeSpan Elapsed { get; init; }
}

/// <summary>One thing about a cache that is not as it should be.</summary>
/// <param name="Severity">How bad.</param>
/// <param name="Reason">A stable word: OutOfMemory, ReadOnlyReplica, SaveFailed …</param>
/// <param name="Message">What was seen, what it does to writers and readers, and what helps, in sentences.</param>
public sealed record CacheFinding(FindingSeverity Severity, string Reason, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Severity}: {Message}";
}

/// <summary>One end of a replication link.</summary>
/// <param name="Server">The other server, <c>host:port</c>.</param>
/// <param name="State">online, wait_bgsave, up, down …</param>
/// <param name="LagBytes">How far the replica's data is behind; null where it is not known.</param>
/// <param name="LastHeard">How long ago the two last spoke; null where it is not known.</param>
public sealed record CacheReplica(string Server, string State, long? LagBytes, TimeSpan? LastHeard);

/// <summary>One entry of the slow log.</summary>
/// <param name="Time">When (server clock, UTC).</param>
/// <param name="Duration">How long it held the server.</param>
/// <param name="Command">The command and its key, without values.</param>
public sealed record SlowCommand(DateTimeOffset Time, TimeSpan Duration, string Command);

/// <summary>One key with its size.</summary>
/// <param name="Database">Database number.</param>
/// <param name="Key">Name, control characters removed.</param>
/// <param name="Type">string, hash, list …</param>
/// <param name="Bytes">Memory, as MEMORY USAGE estimates it.</param>
public sealed record BigKey(int Database, string Key, string Type, long Bytes);
