namespace MalariaIncident;

/// <summary>Which backends to list.</summary>
public sealed record LongQueryFilter
{
    /// <summary>At least this long; null means 5 minutes.</summary>
    public TimeSpan? MinimumDuration { get; init; }
    /// <summary>Users, wildcards allowed; empty means all.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];
    /// <summary>Application names, wildcards allowed; empty means all.</summary>
    public IReadOnlyList<string> Applications { get; init; } = [];
    /// <summary>Databases, wildcards allowed; empty means the one connected to.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];
    /// <summary>Wildcard over the query text.</summary>
    public string? Pattern { get; init; }
    /// <summary>Only backends that block others and are not blocked.</summary>
    public bool RootBlockersOnly { get; init; }
    /// <summary>Idle-in-transaction backends too, by the age of their transaction. Root blockers are listed always.</summary>
    public bool IncludeIdleInTransaction { get; init; }
    /// <summary>Exactly these process ids; empty means all.</summary>
    public IReadOnlyList<int> ProcessIds { get; init; } = [];
    /// <summary>Only sessions of one of these groups; empty means all.</summary>
    public IReadOnlyList<DatabaseConnection> Groups { get; init; } = [];
    /// <summary>Only sessions that run one of these statements now; empty means all.</summary>
    public IReadOnlyList<SlowQuery> Statements { get; init; } = [];
    /// <summary>True where the list only prepares a change: it is not journalled then, so that -WhatIf writes nothing; the change's own entries name the backends.</summary>
    public bool PreparesChange { get; init; }
}

/// <summary>Reading PostgreSQL. Failures: Database…, ConnectionStringInvalid, SecretUnavailable.</summary>
public interface IDatabases
{
    /// <summary>Long-running client backends, longest first, in a read-only transaction with its own timeouts. DatabaseForbidden names the missing grant.</summary>
    IAsyncEnumerable<LongQuery> GetLongQueriesAsync(Scope scope, LongQueryFilter filter, CancellationToken cancellationToken);

    /// <summary>Sessions that wait for each other, as trees: each root blocker, then who waits behind it. Nothing where nobody waits.</summary>
    IAsyncEnumerable<DatabaseLock> GetLocksAsync(Scope scope, CancellationToken cancellationToken);

    /// <summary>Client connections in every state, by client, application and user, largest group first.</summary>
    IAsyncEnumerable<DatabaseConnection> GetConnectionsAsync(Scope scope, CancellationToken cancellationToken);

    /// <summary>Statements by what they cost. DatabaseExtensionMissing says what to do.</summary>
    IAsyncEnumerable<SlowQuery> GetSlowQueriesAsync(Scope scope, SlowQueryOptions options, CancellationToken cancellationToken);
}
