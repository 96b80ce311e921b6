namespace MalariaIncident;

/// <summary>What an operator wants changed; the engine turns it into a plan.</summary>
public abstract record MitigationRequest
{
    /// <summary>Kind of change that is asked for.</summary>
    public abstract MitigationKind Kind { get; }
    /// <summary>Where.</summary>
    public required Scope Scope { get; init; }
    /// <summary>Go on although a controller (Argo CD, Flux, an HPA) will revert it, or another named safety objects.</summary>
    public bool Force { get; init; }
    /// <summary>Deadline for following the change to its end; null takes the kind's default.</summary>
    public TimeSpan? Deadline { get; init; }
}

/// <summary>Roll a deployment back to the last ReplicaSet that was healthy before the incident and whose image differs, or to a revision.</summary>
public sealed record RollbackRequest : MitigationRequest
{
    /// <inheritdoc/>
    public override MitigationKind Kind => MitigationKind.Rollback;
    /// <summary>Revision by number; null lets the engine choose and say why.</summary>
    public long? ToRevision { get; init; }
}

/// <summary>Switch features off (<c>FEATURE_&lt;NAME&gt;=false</c>) and reduce replicas.</summary>
public sealed record DegradationRequest : MitigationRequest
{
    /// <inheritdoc/>
    public override MitigationKind Kind => MitigationKind.Degradation;
    /// <summary>Feature names without the prefix; null takes the environment's list, empty switches none.</summary>
    public IReadOnlyList<string>? DisableFeatures { get; init; }
    /// <summary>Replicas afterwards; null takes the environment's reduced count, or leaves it where that has none.</summary>
    public int? Replicas { get; init; }
}

/// <summary>Run another number of pods. Refused where quota or an autoscaler stand against it.</summary>
public sealed record ScaleRequest : MitigationRequest
{
    /// <inheritdoc/>
    public override MitigationKind Kind => MitigationKind.Scale;
    /// <summary>Replicas afterwards.</summary>
    public required int Replicas { get; init; }
    /// <summary>Fewer than run now, or none, are meant.</summary>
    public bool AllowScaleDown { get; init; }
}

/// <summary>Give one container other limits.</summary>
public sealed record ResourceLimitRequest : MitigationRequest
{
    /// <inheritdoc/>
    public override MitigationKind Kind => MitigationKind.ResourceLimit;
    /// <summary>Memory limit as Kubernetes writes it (<c>8Gi</c>); null leaves it.</summary>
    public string? Memory { get; init; }
    /// <summary>CPU limit as Kubernetes writes it (<c>4</c>, <c>500m</c>); null leaves it.</summary>
    public string? Cpu { get; init; }
    /// <summary>Lower a request that is above the new limit to that limit; without it such a limit is refused.</summary>
    public bool LowerRequest { get; init; }
    /// <summary>Resize the pods that run now without restarting them, and leave the template: the next rollout forgets it.</summary>
    public bool InPlace { get; init; }
}

/// <summary>Stop backends: cancel, then terminate after a grace period.</summary>
public sealed record QueryStopRequest : MitigationRequest
{
    /// <inheritdoc/>
    public override MitigationKind Kind => MitigationKind.QueryStop;
    /// <summary>The very backends, as they were seen.</summary>
    public required IReadOnlyList<LongQuery> Queries { get; init; }
    /// <summary>Time between cancel and terminate; null means 5 seconds.</summary>
    public TimeSpan? GracePeriod { get; init; }
    /// <summary>Cancel only, never terminate.</summary>
    public bool CancelOnly { get; init; }
    /// <summary>Refuse when there are more; null means 20.</summary>
    public int? MaximumCount { get; init; }
}

/// <summary>Let a service lead to the other of its two slots.</summary>
public sealed record SlotSwitchRequest : MitigationRequest
{
    /// <inheritdoc/>
    public override MitigationKind Kind => MitigationKind.SlotSwitch;
    /// <summary>Service; null takes the environment's.</summary>
    public string? Service { get; init; }
    /// <summary>Slot that shall be live; null takes the one that is not.</summary>
    public string? To { get; init; }
    /// <summary>The two slots; null takes the environment's, else blue and green.</summary>
    public IReadOnlyList<string>? Slots { get; init; }
    /// <summary>The selector's key that names the slot; null takes the environment's, else <c>version</c>.</summary>
    public string? SelectorKey { get; init; }
}

/// <summary>Replace every pod of a deployment, a few at a time.</summary>
public sealed record RestartRequest : MitigationRequest
{
    /// <inheritdoc/>
    public override MitigationKind Kind => MitigationKind.Restart;
    /// <summary>Restart the environment's pooler; the scope names no deployment then.</summary>
    public bool Pooler { get; init; }
}

/// <summary>Change what a connection pooler does, over its administration console.</summary>
public abstract record PoolRequest : MitigationRequest
{
    /// <summary>Databases as the pooler knows them, wildcards allowed; empty means all that it makes sense for.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];
}

/// <summary>Replace the pooler's server connections as their clients give them back.</summary>
public sealed record PoolResetRequest : PoolRequest
{
    /// <inheritdoc/>
    public override MitigationKind Kind => MitigationKind.PoolReset;
    /// <summary>Read the pooler's configuration again instead.</summary>
    public bool ReloadConfiguration { get; init; }
}

/// <summary>Hold back what clients send, once what runs now has ended.</summary>
public sealed record PoolSuspensionRequest : PoolRequest
{
    /// <inheritdoc/>
    public override MitigationKind Kind => MitigationKind.PoolSuspension;
}

/// <summary>Let clients go on.</summary>
public sealed record PoolResumptionRequest : PoolRequest
{
    /// <inheritdoc/>
    public override MitigationKind Kind => MitigationKind.PoolResumption;
}
