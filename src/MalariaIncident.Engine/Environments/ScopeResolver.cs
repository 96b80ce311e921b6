using MalariaIncident.Engine.Incidents;

namespace MalariaIncident.Engine.Environments;

/// <summary>Fills a scope, field by field: what was typed, then the environment, which is the typed one, the incident's, or the default.</summary>
internal sealed class ScopeResolver(IEnvironments environments, IJournal journal, SecretReferences secrets) : IScopeResolver
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    public async Task<ResolvedScope> ResolveAsync(Scope scope, CancellationToken cancellationToken)
    {
        var timeout = scope.Timeout ?? DefaultTimeout;
        if (timeout <= TimeSpan.Zero || timeout > LongestTimeout)
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid, $"A timeout of {timeout.TotalSeconds:0.###} s cannot be kept.", timeout, advice: "Give more than 0 and at most 3600 seconds.");
        }

        var incident = string.IsNullOrWhiteSpace(scope.Incident) ? null : await journal.GetAsync(scope.Incident, cancellationToken);
        var name = Filled(scope.Environment) ?? incident?.Environment ?? await environments.GetDefaultNameAsync(cancellationToken);
        var environment = name is null ? null : await FindAsync(name, cancellationToken);
        return new ResolvedScope
        {
            Typed = scope with { Incident = incident?.Id, Environment = environment?.Name ?? name },
            IncidentStartedAt = incident?.StartedAt,
            UsersAffected = incident?.UsersAffected,
            Environment = environment,
            KubeConfig = Filled(scope.KubeConfig) ?? environment?.KubeConfig,
            Context = Filled(scope.Context) ?? environment?.Context,
            Namespace = Filled(scope.Namespace) ?? environment?.Namespace,
            Deployment = Filled(scope.Deployment) ?? environment?.Deployment,
            // The environment's container belongs to the environment's deployment, and to no other one.
            Container = Filled(scope.Container)
                ?? (Filled(scope.Deployment) is null || scope.Deployment == environment?.Deployment ? environment?.Container : null),
            ConnectionReference = Filled(scope.ConnectionString) ?? environment?.Database,
            // The environment's pods belong to the environment's database, and not to another one that somebody typed.
            Pods = Filled(scope.Pods) ?? (Filled(scope.ConnectionString) is null ? environment?.DatabasePods : null),
            Liveness = environment?.Liveness,
            Readiness = environment?.Readiness,
            Timeout = timeout,
        };
    }

    public Task<string> RevealAsync(string valueOrReference, ResolvedScope scope, CancellationToken cancellationToken) =>
        secrets.RevealAsync(valueOrReference, scope, cancellationToken);

    /// <summary>Without any environment file a name is only a label; with one, an unknown name must not fall back to another environment.</summary>
    private async Task<OperationsEnvironment?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var known = await environments.ListAsync(cancellationToken);
        return known.Count == 0
            ? null
            : known.FirstOrDefault(environment => string.Equals(environment.Name, name, StringComparison.OrdinalIgnoreCase)) ?? throw EnvironmentFile.NotFound(name, known);
    }

    private static string? Filled(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();
}
