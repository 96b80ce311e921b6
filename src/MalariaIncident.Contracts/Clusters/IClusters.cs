namespace MalariaIncident;

/// <summary>What to look at in a cluster.</summary>
public sealed record HealthOptions
{
    /// <summary>Namespaces to read, by name or wildcard; empty reads the whole cluster.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];
    /// <summary>Label selector, as kubectl takes it.</summary>
    public string? Selector { get; init; }
    /// <summary>Restarts younger than this are findings; null means one hour.</summary>
    public TimeSpan? RestartWindow { get; init; }
    /// <summary>Log lines per unhealthy pod; 0 reads no logs.</summary>
    public int LogLines { get; init; } = 5;
    /// <summary>At most this many unhealthy pods are read in detail.</summary>
    public int MaximumDetails { get; init; } = 50;
}

/// <summary>Reading Kubernetes clusters. Failures: KubeConfig…, Context…, Cluster…, …NotFound.</summary>
public interface IClusters
{
    /// <summary>Reads nodes, pods and usage, and says what is wrong. Journalled as evidence where the scope has an incident.</summary>
    Task<ClusterHealth> GetHealthAsync(Scope scope, HealthOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// The same again and again, at least <paramref name="interval"/> apart. The first look fails as <see cref="GetHealthAsync"/> does; where a later one does, or takes long, the last
    /// picture comes again with <see cref="ClusterHealth.Failure"/> and its age. Journalled are the first look, and those that show something else than was journalled before.
    /// </summary>
    IAsyncEnumerable<ClusterHealth> WatchHealthAsync(Scope scope, HealthOptions options, TimeSpan interval, CancellationToken cancellationToken);

    /// <summary>Revisions of the scope's deployment, newest first. Journalled as evidence where the scope has an incident. RolloutHistoryEmpty.</summary>
    IAsyncEnumerable<RolloutRevision> GetRolloutHistoryAsync(Scope scope, CancellationToken cancellationToken);

    /// <summary>The same, with nothing written: for completion, and for whoever reads them on the way to something else.</summary>
    IAsyncEnumerable<RolloutRevision> PeekRolloutHistoryAsync(Scope scope, CancellationToken cancellationToken);

    /// <summary>Context names of a kubeconfig, for completion; empty on any failure.</summary>
    IReadOnlyList<string> GetContextNames(string? kubeConfig);

    /// <summary>Names for completion (namespaces; deployments, services and pods of the scope's namespace; containers of its deployment); empty on any failure, at most a second.</summary>
    Task<IReadOnlyList<string>> GetNamesAsync(Scope scope, NameKind kind, CancellationToken cancellationToken);
}

/// <summary>What to complete.</summary>
public enum NameKind
{
    /// <summary>Namespaces.</summary>
    Namespace,
    /// <summary>Deployments of a namespace.</summary>
    Deployment,
    /// <summary>Pods of a namespace.</summary>
    Pod,
    /// <summary>Containers of the scope's deployment.</summary>
    Container,
    /// <summary>Services of a namespace.</summary>
    Service,
}
