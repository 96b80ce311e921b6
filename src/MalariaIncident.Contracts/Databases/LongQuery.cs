namespace MalariaIncident;

/// <summary>A backend that has been at work, or idle in a transaction, for long.</summary>
public sealed record LongQuery
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>The server, <c>host:port</c>.</summary>
    public required string Server { get; init; }
    /// <summary>How the connection is protected: <c>TLS, certificate verified</c>, <c>TLS, certificate not verified</c>, <c>none</c>.</summary>
    public string? Encryption { get; init; }
    /// <summary>True when the server is a standby: what writes runs elsewhere.</summary>
    public bool Standby { get; init; }
    /// <summary>Database.</summary>
    public required string Database { get; init; }
    /// <summary>Backend process id. Reused by the server: together with the start times it names one piece of work.</summary>
    public required int ProcessId { get; init; }
    /// <summary>When the backend started (server clock, UTC).</summary>
    public required DateTimeOffset BackendStart { get; init; }
    /// <summary>When the query started (server clock, UTC).</summary>
    public DateTimeOffset? QueryStart { get; init; }
    /// <summary>When the transaction started (server clock, UTC).</summary>
    public DateTimeOffset? TransactionStart { get; init; }
    /// <summary>How long the query, or for idle in transaction the transaction, has lasted by the server's clock.</summary>
    public required TimeSpan Duration { get; init; }
    /// <summary>User.</summary>
    public string? User { get; init; }
    /// <summary>Application name.</summary>
    public string? Application { get; init; }
    /// <summary>Client address.</summary>
    public string? Client { get; init; }
    /// <summary>active, idle in transaction …</summary>
    public required string State { get; init; }
    /// <summary>What it waits for: <c>Lock: relation</c>.</summary>
    public string? WaitsFor { get; init; }
    /// <summary>Backends that block this one; 0 stands for a prepared transaction.</summary>
    public IReadOnlyList<int> BlockedBy { get; init; } = [];
    /// <summary>How many backends wait for this one, directly or through others.</summary>
    public int Blocks { get; init; }
    /// <summary>True when it blocks others and is blocked by none.</summary>
    public bool RootBlocker => Blocks > 0 && BlockedBy.Count == 0;
    /// <summary>Query text as the server keeps it.</summary>
    public required string Query { get; init; }
    /// <summary>How to reach the database again; a secret only as reference.</summary>
    public Scope? Scope { get; init; }
}
