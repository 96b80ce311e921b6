namespace MalariaIncident;

/// <summary>What to put first.</summary>
public enum SlowQueryOrder
{
    /// <summary>Total time: what the server spends its time on.</summary>
    TotalTime,
    /// <summary>Mean time per call; one-off calls come first.</summary>
    MeanTime,
    /// <summary>Number of calls.</summary>
    Calls,
    /// <summary>Blocks read from outside the cache.</summary>
    BlocksRead,
}

/// <summary>Which statements to list.</summary>
public sealed record SlowQueryOptions
{
    /// <summary>What to put first.</summary>
    public SlowQueryOrder Order { get; init; }
    /// <summary>How many; 0 lists all.</summary>
    public int Count { get; init; } = 10;
    /// <summary>Databases, wildcards allowed; empty means the one connected to.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];
    /// <summary>Users, wildcards allowed; empty means all.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];
    /// <summary>Wildcard over the statement's text.</summary>
    public string? Pattern { get; init; }
    /// <summary>An earlier listing (of all statements): only what was added since is counted. Null counts since the statistics were reset.</summary>
    public IReadOnlyList<SlowQuery>? Since { get; init; }
}

/// <summary>One statement of pg_stat_statements.</summary>
public sealed record SlowQuery
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>The server, <c>host:port</c>.</summary>
    public required string Server { get; init; }
    /// <summary>How the connection is protected.</summary>
    public string? Encryption { get; init; }
    /// <summary>True when the server is a standby.</summary>
    public bool Standby { get; init; }
    /// <summary>Database.</summary>
    public required string Database { get; init; }
    /// <summary>User.</summary>
    public string? User { get; init; }
    /// <summary>The server's number for the statement.</summary>
    public required long QueryId { get; init; }
    /// <summary>Statement with its constants taken out.</summary>
    public required string Query { get; init; }
    /// <summary>How often it ran.</summary>
    public required long Calls { get; init; }
    /// <summary>Time of all calls together.</summary>
    public required TimeSpan TotalTime { get; init; }
    /// <summary>Time of one call in the mean.</summary>
    public TimeSpan MeanTime => Calls > 0 ? TotalTime / Calls : TimeSpan.Zero;
    /// <summary>The longest call since the statistics were reset.</summary>
    public TimeSpan MaximumTime { get; init; }
    /// <summary>Share in the time of all statements of the server, in percent.</summary>
    public double Share { get; init; }
    /// <summary>Rows returned or changed.</summary>
    public long Rows { get; init; }
    /// <summary>Blocks found in the cache.</summary>
    public long BlocksHit { get; init; }
    /// <summary>Blocks read from outside the cache.</summary>
    public long BlocksRead { get; init; }
    /// <summary>Time spent reading and writing blocks; zero where the server does not measure it (track_io_timing).</summary>
    public TimeSpan IoTime { get; init; }
    /// <summary>Temporary blocks read and written: sorts and hashes that did not fit into work_mem.</summary>
    public long TemporaryBlocks { get; init; }
    /// <summary>When counting began: the reset of the statistics, or the listing given as Since (UTC); null where the server does not say (before 14).</summary>
    public DateTimeOffset? CountedFrom { get; init; }
    /// <summary>When it was read, by the server's clock (UTC).</summary>
    public DateTimeOffset ReadAt { get; init; }
    /// <summary>How to reach the database again; a secret only as reference.</summary>
    public Scope? Scope { get; init; }
}
