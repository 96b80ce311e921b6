namespace MalariaIncident;

/// <summary>How closely to look at a cache.</summary>
public sealed record CacheOptions
{
    /// <summary>How long the counters are watched for rates (evictions, hit rate, errors); zero reads them once.</summary>
    public TimeSpan Sample { get; init; } = TimeSpan.FromSeconds(1);
    /// <summary>Looks for big keys by a sampled, bounded SCAN.</summary>
    public bool BigKeys { get; init; }
    /// <summary>At most this many keys are measured.</summary>
    public int MaximumKeys { get; init; } = 10_000;
    /// <summary>The address is meant to be a replica: that it takes no writes is no finding.</summary>
    public bool AllowReplica { get; init; }
}

/// <summary>
/// Reading Redis and what speaks its protocol. Only commands that read are known to the connection. Failures: Cache…,
/// ConnectionStringInvalid, SecretUnavailable, SettingMissing.
/// </summary>
public interface ICaches
{
    /// <summary>
    /// The health of every server that the connection names (<see cref="Scope.ConnectionString"/>, else the environment's cache, else
    /// <c>REDIS_URL</c>), journalled as evidence. A server that answers and is not well is a result; one that cannot be asked is a failure.
    /// </summary>
    IAsyncEnumerable<CacheHealth> GetHealthAsync(Scope scope, CacheOptions options, CancellationToken cancellationToken);
}
