namespace MalariaIncident;

/// <summary>What is known about a mitigation.</summary>
public enum MitigationState
{
    /// <summary>Intended; no outcome is in the journal yet (running, or the process died).</summary>
    Open,
    /// <summary>Made, and in force.</summary>
    InForce,
    /// <summary>Made; nothing that could be put back (a stopped query).</summary>
    Done,
    /// <summary>Not made, or it did not take.</summary>
    Failed,
    /// <summary>Nobody knows whether it was made. Read the world before trying again.</summary>
    Unknown,
    /// <summary>Put back.</summary>
    Undone,
}

/// <summary>One change to the world, folded from the journal.</summary>
public sealed record Mitigation
{
    /// <summary>Mitigation id.</summary>
    public required string Id { get; init; }
    /// <summary>Same as <see cref="Id"/>; binds down a pipeline.</summary>
    public string MitigationId => Id;
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>Kind of change.</summary>
    public required MitigationKind Kind { get; init; }
    /// <summary>What is known.</summary>
    public required MitigationState State { get; init; }
    /// <summary>What was changed.</summary>
    public required string Target { get; init; }
    /// <summary>What was done.</summary>
    public required string Summary { get; init; }
    /// <summary>The differences it made.</summary>
    public IReadOnlyList<PlannedChange> Changes { get; init; } = [];
    /// <summary>Who did it.</summary>
    public required string Actor { get; init; }
    /// <summary>When the intent was journalled (UTC).</summary>
    public required DateTimeOffset IntendedAt { get; init; }
    /// <summary>When the outcome was journalled (UTC).</summary>
    public DateTimeOffset? FinishedAt { get; init; }
    /// <summary>What the outcome says.</summary>
    public string? Detail { get; init; }
    /// <summary>True when <c>Undo-Mitigation</c> can put it back.</summary>
    public required bool Reversible { get; init; }
    /// <summary>True for a change that is meant to end before its incident does.</summary>
    public bool Temporary => Plan?.Temporary ?? false;
    /// <summary>Id of the mitigation that this one undid.</summary>
    public string? Undoes { get; init; }
    /// <summary>The plan as it was applied.</summary>
    public MitigationPlan? Plan { get; init; }
}

/// <summary>What a mitigation, or one part of it, came to.</summary>
public abstract record MitigationResult
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>Mitigation id.</summary>
    public required string MitigationId { get; init; }
}

/// <summary>What a change came to that was followed until the cluster had taken it, and then verified.</summary>
public abstract record ChangeResult : MitigationResult
{
    /// <summary>Kind of change.</summary>
    public required MitigationKind Kind { get; init; }
    /// <summary>Namespace.</summary>
    public required string Namespace { get; init; }
    /// <summary>The differences made.</summary>
    public IReadOnlyList<PlannedChange> Changes { get; init; } = [];
    /// <summary>True when the cluster took the change and the service answered healthy; null when there was no health address to ask or waiting was declined.</summary>
    public bool? Verified { get; init; }
    /// <summary>From the request to the end.</summary>
    public TimeSpan Duration { get; init; }
    /// <summary>What was found, in a sentence.</summary>
    public required string Detail { get; init; }
}

/// <summary>What a change to a deployment came to (rollback, degradation, restart, undo of one).</summary>
public sealed record DeploymentChangeResult : ChangeResult
{
    /// <summary>Deployment.</summary>
    public required string Deployment { get; init; }
    /// <summary>Revision before, and the one that is live now.</summary>
    public long? FromRevision { get; init; }
    /// <summary>Revision that is live now.</summary>
    public long? ToRevision { get; init; }
    /// <summary>Image that runs now (of the named or first container).</summary>
    public string? Image { get; init; }
    /// <summary>Ready replicas when the rollout completed.</summary>
    public int? ReadyReplicas { get; init; }
}

/// <summary>What a change of the slot behind a service came to.</summary>
public sealed record SlotSwitchResult : ChangeResult
{
    /// <summary>Service.</summary>
    public required string Service { get; init; }
    /// <summary>The selector's key that names the slot.</summary>
    public required string SelectorKey { get; init; }
    /// <summary>Slot that was live.</summary>
    public required string FromSlot { get; init; }
    /// <summary>Slot that is live now.</summary>
    public required string ToSlot { get; init; }
    /// <summary>Image that the service leads to now; several are separated by commas.</summary>
    public string? Image { get; init; }
    /// <summary>Ready endpoints of the service when the switch was complete; null where that was not waited for.</summary>
    public int? ReadyEndpoints { get; init; }
}

/// <summary>What became of one backend.</summary>
public enum QueryOutcome
{
    /// <summary>The query was cancelled; the backend lives.</summary>
    Cancelled,
    /// <summary>The backend is gone by our signal.</summary>
    Terminated,
    /// <summary>It ended by itself, or the pid now belongs to another session: no signal was sent.</summary>
    AlreadyGone,
    /// <summary>Signalled, and still running at the deadline.</summary>
    StillRunning,
    /// <summary>The server refused the signal (a superuser's backend, a missing grant).</summary>
    Refused,
    /// <summary>The answer was lost.</summary>
    Unknown,
}

/// <summary>What became of one backend.</summary>
public sealed record QueryStopResult : MitigationResult
{
    /// <summary>Backend process id.</summary>
    public required int ProcessId { get; init; }
    /// <summary>Database.</summary>
    public required string Database { get; init; }
    /// <summary>User.</summary>
    public string? User { get; init; }
    /// <summary>Application name.</summary>
    public string? Application { get; init; }
    /// <summary>The query, shortened.</summary>
    public string? Query { get; init; }
    /// <summary>What became of it.</summary>
    public required QueryOutcome Outcome { get; init; }
    /// <summary>From the first signal to the outcome.</summary>
    public TimeSpan Duration { get; init; }
    /// <summary>Why, where that is not plain.</summary>
    public string? Detail { get; init; }
}

/// <summary>What a change of a connection pooler came to, for one database of one pooler.</summary>
public sealed record PoolChangeResult : MitigationResult
{
    /// <summary>Kind of change.</summary>
    public required MitigationKind Kind { get; init; }
    /// <summary>The pooler, <c>host:port</c>, or <c>namespace/pod:port</c>.</summary>
    public required string Pooler { get; init; }
    /// <summary>How the connection to its console is protected.</summary>
    public string? Encryption { get; init; }
    /// <summary>Database as the pooler knows it; null where the whole pooler is meant.</summary>
    public string? Database { get; init; }
    /// <summary>True where clients are held back now.</summary>
    public bool? Paused { get; init; }
    /// <summary>Clients that are waiting for a server connection now.</summary>
    public int? ClientsWaiting { get; init; }
    /// <summary>Server connections that are in use now.</summary>
    public int? ServersActive { get; init; }
    /// <summary>From the command to its answer.</summary>
    public TimeSpan Duration { get; init; }
    /// <summary>What was found, in a sentence.</summary>
    public required string Detail { get; init; }
}
