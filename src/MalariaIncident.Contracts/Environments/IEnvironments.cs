namespace MalariaIncident;

/// <summary>One environment of the environment file. Secrets stand here only as references.</summary>
public sealed record OperationsEnvironment
{
    /// <summary>Name: production, staging.</summary>
    public required string Name { get; init; }
    /// <summary>Kubeconfig path; null follows KUBECONFIG.</summary>
    public string? KubeConfig { get; init; }
    /// <summary>Kubeconfig context; null takes the current one.</summary>
    public string? Context { get; init; }
    /// <summary>Namespace of the application.</summary>
    public string? Namespace { get; init; }
    /// <summary>Deployment of the application.</summary>
    public string? Deployment { get; init; }
    /// <summary>Container of the application inside its pods.</summary>
    public string? Container { get; init; }
    /// <summary>Service in front of the application.</summary>
    public string? Service { get; init; }
    /// <summary>The two slots that the service can lead to; empty where none are named.</summary>
    public IReadOnlyList<string> Slots { get; init; } = [];
    /// <summary>Key of the service's selector that names the slot.</summary>
    public string? SelectorKey { get; init; }
    /// <summary>Deployment of the connection pooler.</summary>
    public string? Pooler { get; init; }
    /// <summary>Liveness address.</summary>
    public string? Liveness { get; init; }
    /// <summary>Readiness address.</summary>
    public string? Readiness { get; init; }
    /// <summary>PostgreSQL connection, or a reference to it.</summary>
    public string? Database { get; init; }
    /// <summary>Pods of the database, where it is reached through the Kubernetes API: <c>statefulset/postgres:5432</c>.</summary>
    public string? DatabasePods { get; init; }
    /// <summary>Connection to the administration console of PgBouncer, or a reference to it.</summary>
    public string? PoolerConsole { get; init; }
    /// <summary>Pods of PgBouncer, where its consoles are reached through the Kubernetes API: <c>deployment/pgbouncer:6432</c>.</summary>
    public string? PoolerPods { get; init; }
    /// <summary>Database users that are never signalled: backup, migration, replication.</summary>
    public IReadOnlyList<string> ProtectedDatabaseUsers { get; init; } = [];
    /// <summary>Redis connection, or a reference to it.</summary>
    public string? Cache { get; init; }
    /// <summary>What else the application leans on, name → http or https address (or a reference to one): era5 …</summary>
    public IReadOnlyDictionary<string, string> Dependencies { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
    /// <summary>Feature names that degradation switches off.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];
    /// <summary>Replicas under degradation.</summary>
    public int? ReducedReplicas { get; init; }
    /// <summary>Database connections that one pod of the application opens at most (the size of its pool); null where nobody said.</summary>
    public int? ConnectionsPerPod { get; init; }
    /// <summary>Base address of Prometheus (its <c>/api/v1</c> follows), or a reference to it.</summary>
    public string? Prometheus { get; init; }
    /// <summary>Queries by name: error-rate, latency-p95, saturation …</summary>
    public IReadOnlyDictionary<string, NamedMetric> Metrics { get; init; } = new Dictionary<string, NamedMetric>(StringComparer.Ordinal);
    /// <summary>Address of a dashboard, with places for <c>{from}</c>, <c>{to}</c>, <c>{query}</c> and others.</summary>
    public string? Grafana { get; init; }
    /// <summary>Repository of the application on GitHub: <c>owner/name</c>.</summary>
    public string? Repository { get; init; }
    /// <summary>Workflow that deploys it: a file name such as <c>deploy.yml</c>.</summary>
    public string? Workflow { get; init; }
    /// <summary>Base address of the GitHub API, where it is not github.com's.</summary>
    public string? GitHubApi { get; init; }
}

/// <summary>A query with a name.</summary>
/// <param name="Query">PromQL.</param>
/// <param name="Unit">What its values are in: s, ratio, bytes …; null where nobody said.</param>
public sealed record NamedMetric(string Query, string? Unit);

/// <summary>The environment file.</summary>
public interface IEnvironments
{
    /// <summary>Every environment; empty where there is no file. EnvironmentFileInvalid names the line.</summary>
    Task<IReadOnlyList<OperationsEnvironment>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Name of the default environment: <c>MALARIA_INCIDENT_ENVIRONMENT</c>, then the file's <c>default</c>; null where neither says.</summary>
    Task<string?> GetDefaultNameAsync(CancellationToken cancellationToken);
}
