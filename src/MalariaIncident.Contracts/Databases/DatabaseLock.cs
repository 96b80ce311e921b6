namespace MalariaIncident;

/// <summary>One session in a tree of sessions that wait for each other: a root blocker, then everyone behind it.</summary>
public sealed record DatabaseLock
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
    /// <summary>Database; empty for a worker of the server that belongs to none.</summary>
    public required string Database { get; init; }
    /// <summary>Backend process id; 0 for a prepared transaction, which has no process.</summary>
    public required int ProcessId { get; init; }
    /// <summary>Identifier of a prepared transaction.</summary>
    public string? PreparedTransaction { get; init; }
    /// <summary>0 for a root blocker, 1 for who waits for it, and so on.</summary>
    public required int Depth { get; init; }
    /// <summary>The root blocker that the wait leads to; its own process id for a root.</summary>
    public required int Root { get; init; }
    /// <summary>True when it blocks others and is blocked by none.</summary>
    public required bool RootBlocker { get; init; }
    /// <summary>Backends that block it; 0 stands for a prepared transaction.</summary>
    public IReadOnlyList<int> BlockedBy { get; init; } = [];
    /// <summary>How many wait for it, directly or through others.</summary>
    public int Blocks { get; init; }
    /// <summary>Backends that nothing else would hold up if this one ended.</summary>
    public IReadOnlyList<int> Frees { get; init; } = [];
    /// <summary>What it waits for: <c>AccessShareLock on public.predictions</c>; null for a root.</summary>
    public string? WaitsFor { get; init; }
    /// <summary>How long it has waited, by the server's clock.</summary>
    public TimeSpan? Waited { get; init; }
    /// <summary>What it holds: <c>AccessExclusiveLock on public.predictions</c>; what others wait for comes first.</summary>
    public IReadOnlyList<string> Holds { get; init; } = [];
    /// <summary>When its transaction began (server clock, UTC).</summary>
    public DateTimeOffset? TransactionStart { get; init; }
    /// <summary>How long its transaction has lasted, by the server's clock.</summary>
    public TimeSpan TransactionAge { get; init; }
    /// <summary>User.</summary>
    public string? User { get; init; }
    /// <summary>Application name.</summary>
    public string? Application { get; init; }
    /// <summary>Client address.</summary>
    public string? Client { get; init; }
    /// <summary>active, idle in transaction, prepared, or the kind of server process.</summary>
    public required string State { get; init; }
    /// <summary>Query text as the server keeps it.</summary>
    public string? Query { get; init; }
    /// <summary>What would end it, where Stop-LongQuery cannot.</summary>
    public string? Advice { get; init; }
    /// <summary>The session for Stop-LongQuery; null where it is not a client's.</summary>
    public LongQuery? Session { get; init; }
}
