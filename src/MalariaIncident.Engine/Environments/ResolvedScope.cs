namespace MalariaIncident.Engine.Environments;

/// <summary>
/// A <see cref="Scope"/> with everything filled in that could be: what was typed, then the incident's environment, then the
/// environment file's default. Lives in memory only: <see cref="ConnectionString"/> is the secret itself.
/// </summary>
internal sealed record ResolvedScope
{
    /// <summary>What the user typed, with the environment's name filled in; safe to journal.</summary>
    public required Scope Typed { get; init; }
    public string? Incident => Typed.Incident;
    /// <summary>When users began to be affected; null without an incident.</summary>
    public DateTimeOffset? IncidentStartedAt { get; init; }
    /// <summary>Share of users affected in percent; null without an incident, or where nobody said.</summary>
    public double? UsersAffected { get; init; }
    public OperationsEnvironment? Environment { get; init; }
    public string? EnvironmentName => Environment?.Name ?? Typed.Environment;
    /// <summary>Kubeconfig path, null to follow KUBECONFIG and then the default place.</summary>
    public string? KubeConfig { get; init; }
    public string? Context { get; init; }
    public string? Namespace { get; init; }
    public string? Deployment { get; init; }
    public string? Container { get; init; }
    /// <summary>PostgreSQL connection as typed or configured: may be a reference.</summary>
    public string? ConnectionReference { get; init; }
    /// <summary>Pods that the connection leads into; null where it is direct.</summary>
    public string? Pods { get; init; }
    public string? Liveness { get; init; }
    public string? Readiness { get; init; }
    /// <summary>Deadline of one request.</summary>
    public required TimeSpan Timeout { get; init; }
}

/// <summary>Fills in scopes and reveals secret references.</summary>
internal interface IScopeResolver
{
    /// <summary>EnvironmentNotFound, EnvironmentFileInvalid, IncidentNotFound, ArgumentInvalid (timeout).</summary>
    Task<ResolvedScope> ResolveAsync(Scope scope, CancellationToken cancellationToken);

    /// <summary>
    /// The secret behind <c>env:NAME</c>, <c>file:path</c> or <c>kube:namespace/name/key</c>; any other value is returned as it is.
    /// SecretUnavailable says which reference and why, never the value.
    /// </summary>
    Task<string> RevealAsync(string valueOrReference, ResolvedScope scope, CancellationToken cancellationToken);
}

/// <summary>A place that secrets of one scheme come from (<c>kube</c>); implemented by the adapter that can reach it.</summary>
internal interface ISecretSource
{
    string Scheme { get; }
    Task<string> RevealAsync(string reference, ResolvedScope scope, CancellationToken cancellationToken);
}
