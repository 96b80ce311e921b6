namespace MalariaIncident;

/// <summary>What a check in advance found.</summary>
public enum ReadinessStatus
{
    /// <summary>It will work, as far as it can be known.</summary>
    Ready,
    /// <summary>It will work in part, or should be known before it is needed.</summary>
    Warning,
    /// <summary>It could not be asked; why stands in the detail.</summary>
    NotChecked,
    /// <summary>It would fail in an incident.</summary>
    NotReady,
}

/// <summary>What a check in advance is about.</summary>
public enum ReadinessArea
{
    /// <summary>The Kubernetes API: reached and trusted, and what it offers.</summary>
    Cluster,
    /// <summary>What each command may send to the cluster.</summary>
    Permissions,
    /// <summary>Names, containers, history, slots, pooler, quota.</summary>
    Workload,
    /// <summary>PostgreSQL: the way in, the role, what it may see and stop.</summary>
    Database,
    /// <summary>What else the application leans on: cache and other services.</summary>
    Dependencies,
    /// <summary>The health addresses.</summary>
    Service,
    /// <summary>Prometheus and the metrics that the environment names.</summary>
    Metrics,
    /// <summary>The repository and the token for it.</summary>
    GitHub,
    /// <summary>Secret references of the environment file.</summary>
    Secrets,
    /// <summary>The journal and the runbook.</summary>
    Record,
}

/// <summary>One thing that was checked in advance.</summary>
public sealed record ReadinessCheck
{
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>What it is about.</summary>
    public required ReadinessArea Area { get; init; }
    /// <summary>Commands that need it; empty where every command of its area does.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];
    /// <summary>What was checked; the same from one time to the next.</summary>
    public required string Check { get; init; }
    /// <summary>What was found.</summary>
    public required ReadinessStatus Status { get; init; }
    /// <summary>The same in words.</summary>
    public required string Detail { get; init; }
    /// <summary>What to do about it; null where there is nothing to do.</summary>
    public string? Advice { get; init; }
    /// <summary>The failure that a command would end with; null where there is none.</summary>
    public FailureKind? Failure { get; init; }
    /// <summary>How long it took, waiting for others included.</summary>
    public TimeSpan Elapsed { get; init; }
}
