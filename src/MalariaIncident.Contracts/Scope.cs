namespace MalariaIncident;

/// <summary>
/// Where a command works, as far as the user named it. Everything left <see langword="null"/> is filled from the
/// incident, then from the environment file, then from the tool's own conventions (KUBECONFIG, PGHOST …).
/// </summary>
public sealed record Scope
{
    /// <summary>Incident id, for example <c>INC-2026-0042</c>; null works without an incident.</summary>
    public string? Incident { get; init; }

    /// <summary>Name in the environment file, for example <c>production</c>.</summary>
    public string? Environment { get; init; }

    /// <summary>Path of a kubeconfig file.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Context in the kubeconfig file.</summary>
    public string? Context { get; init; }

    /// <summary>Kubernetes namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Deployment name.</summary>
    public string? Deployment { get; init; }

    /// <summary>Container name inside the deployment's pods.</summary>
    public string? Container { get; init; }

    /// <summary>PostgreSQL connection: key=value, URL or a secret reference (<c>env:NAME</c>, <c>file:path</c>, <c>kube:namespace/name/key</c>).</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Pods that the connection leads into, through the Kubernetes API: <c>statefulset/postgres</c>, <c>service/postgres:5432</c>, <c>pod/postgres-0</c>, <c>app=postgres</c>.</summary>
    public string? Pods { get; init; }

    /// <summary>Deadline of one request to a server (not of following a rollout). Null means 30 seconds.</summary>
    public TimeSpan? Timeout { get; init; }
}
