using MalariaIncident;
using MalariaIncident.Engine.Environments;

namespace Engine.Tests.Http;

/// <summary>Resolves every scope to one environment.</summary>
internal sealed class FixedScopes(OperationsEnvironment? environment) : IScopeResolver
{
    public Task<ResolvedScope> ResolveAsync(Scope scope, CancellationToken cancellationToken) => Task.FromResult(Resolve(scope));

    public ResolvedScope Resolve(Scope scope) => new()
    {
        Typed = scope,
        Environment = environment,
        Namespace = scope.Namespace ?? environment?.Namespace,
        Deployment = scope.Deployment ?? environment?.Deployment,
        ConnectionReference = scope.ConnectionString ?? environment?.Database,
        KubeConfig = scope.KubeConfig,
        Pods = scope.Pods,
        Liveness = environment?.Liveness,
        Readiness = environment?.Readiness,
        Timeout = scope.Timeout ?? TimeSpan.FromMinutes(1),
    };

    public Task<string> RevealAsync(string valueOrReference, ResolvedScope scope, CancellationToken cancellationToken) => Task.FromResult(valueOrReference);
}
