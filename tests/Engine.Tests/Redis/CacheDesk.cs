using Engine.Tests.Http;
using MalariaIncident;
using MalariaIncident.Engine.Redis;

namespace Engine.Tests.Redis;

/// <summary>The room, with one connection and a journal that remembers.</summary>
internal sealed class CacheDesk(OperationsEnvironment? environment = null, string? redisUrl = null)
{
    /// <summary>For what is known at once, and not by waiting in vain: the two seconds of the command itself may be too few on a busy machine.</summary>
    public static readonly TimeSpan Generous = TimeSpan.FromMinutes(1);

    public RecordingJournal Journal { get; } = new();

    public Task<CacheHealth> AskAsync(string? connection, CacheOptions? options = null) => AskAsync(connection, options, Generous);

    /// <param name="timeout">Null for that of the command itself.</param>
    public async Task<CacheHealth> AskAsync(string? connection, CacheOptions? options, TimeSpan? timeout) => Assert.Single(await AskAllAsync(connection, options, timeout));

    public Task<List<CacheHealth>> AskAllAsync(string? connection, CacheOptions? options = null) => AskAllAsync(connection, options, Generous);

    private async Task<List<CacheHealth>> AskAllAsync(string? connection, CacheOptions? options, TimeSpan? timeout)
    {
        var caches = new Caches(new FixedScopes(environment), Journal, name => name == "REDIS_URL" ? redisUrl : null, TimeProvider.System);
        var scope = new Scope { Incident = "INC-2026-0001", ConnectionString = connection, Timeout = timeout };
        var found = new List<CacheHealth>();
        await foreach (var health in caches.GetHealthAsync(scope, options ?? new() { Sample = TimeSpan.Zero }, CancellationToken.None))
        {
            found.Add(health);
        }

        return found;
    }

    /// <summary>The failure, proven to show no password.</summary>
    public Task<IncidentException> FailAsync(string connection, params string[] secrets) => FailAsync(connection, Generous, secrets);

    /// <param name="timeout">Null for that of the command itself.</param>
    public async Task<IncidentException> FailAsync(string connection, TimeSpan? timeout, params string[] secrets)
    {
        var failure = await Assert.ThrowsAsync<IncidentException>(() => AskAsync(connection, null, timeout));
        var shown = $"{failure} {failure.Advice} {failure.Subject} {failure.InnerException}";
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, shown, StringComparison.Ordinal));
        Assert.Empty(Journal.Appended);
        return failure;
    }
}
