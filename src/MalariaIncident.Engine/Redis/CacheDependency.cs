using MalariaIncident.Engine.Dependencies;
using MalariaIncident.Engine.Environments;
using StackExchange.Redis;

namespace MalariaIncident.Engine.Redis;

/// <summary>The cache as something to lean on. A PONG is not enough: a server that refuses writes answers it too.</summary>
internal sealed class CacheDependency(IScopeResolver scopes, Func<string, string?> variable, TimeProvider clock) : IDependency, IDependencySource
{
    public string Name => "cache";
    public DependencyKind Kind => DependencyKind.Cache;
    public string? PodVariable => CacheAddress.UrlVariable;

    public IEnumerable<IDependency> Of(ResolvedScope scope) => [this];

    public async Task<DependencyTarget> FindAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        var named = scope.Environment?.Cache is { Length: > 0 } configured ? configured : variable(CacheAddress.UrlVariable);
        if (string.IsNullOrWhiteSpace(named))
        {
            throw new IncidentException(FailureKind.SettingMissing, $"No cache is named: set 'cache' in the environment file, or {CacheAddress.UrlVariable}.");
        }

        var connection = CacheAddress.Parse(await scopes.RevealAsync(named, scope, cancellationToken));
        var addresses = connection.EndPoints.Select(ServerLine.Of).ToList();
        return new DependencyTarget(
            string.Join(", ", addresses), $"{(connection.Ssl ? "rediss" : "redis")}://{addresses[0]}", token => AskAsync(connection, scope, token));
    }

    private async Task<DependencyAnswer> AskAsync(ConfigurationOptions connection, ResolvedScope scope, CancellationToken cancellationToken)
    {
        var reader = new CacheReader(clock);
        var once = new CacheOptions { Sample = TimeSpan.Zero };
        var readings = await Task.WhenAll(connection.EndPoints.Select(endPoint => reader.ReadAsync(endPoint, connection, scope.Typed.Timeout, once, cancellationToken)));
        var replicasAreMeant = readings.Length > 1 && readings.Any(reading => !reading.IsReplica);
        var findings = readings.SelectMany(reading => CacheFindings.Of(reading, replicasAreMeant, clock.GetUtcNow()));
        return findings.FirstOrDefault(finding => finding.Severity == FindingSeverity.Critical) is { } critical
            ? new(DependencyState.Failing, $"{critical.Message} Get-CacheHealth says more.")
            : new(DependencyState.Up, $"{string.Join(", ", readings.Select(reading => reading.Server))} answers, and takes writes as far as INFO tells.");
    }
}
