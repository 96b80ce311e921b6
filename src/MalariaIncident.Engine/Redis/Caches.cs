using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;

namespace MalariaIncident.Engine.Redis;

/// <summary>Redis caches, read only.</summary>
internal sealed class Caches(IScopeResolver scopes, IJournal journal, Func<string, string?> variable, TimeProvider clock) : ICaches
{
    private const int MostKeys = 1_000_000;

    public async IAsyncEnumerable<CacheHealth> GetHealthAsync(Scope scope, CacheOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Validate(options);
        var resolved = await scopes.ResolveAsync(scope, cancellationToken);
        var connection = CacheAddress.Parse(await scopes.RevealAsync(Named(resolved), resolved, cancellationToken));
        var reader = new CacheReader(clock);
        var start = clock.GetTimestamp();
        var readings = connection.EndPoints.Select(endPoint => reader.ReadAsync(endPoint, connection, scope.Timeout, options, cancellationToken)).ToList();
        await Task.WhenAll(readings).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

        // Of several servers one has to take writes; the others may well be replicas.
        var replicaIsMeant = options.AllowReplica || readings.Any(reading => reading.IsCompletedSuccessfully && readings.Count > 1 && !reading.Result.IsReplica);
        foreach (var reading in readings.Where(reading => reading.IsCompletedSuccessfully))
        {
            var health = Judge(await reading, replicaIsMeant, resolved) with { Elapsed = clock.GetElapsedTime(start) };
            await journal.AppendEvidenceAsync(health.Incident, health.Detail, Evidence(health), cancellationToken);
            yield return health;
        }

        if (readings.FirstOrDefault(reading => !reading.IsCompletedSuccessfully) is { } failed)
        {
            await failed;
        }
    }

    private string Named(ResolvedScope scope) =>
        Filled(scope.Typed.ConnectionString) ?? Filled(scope.Environment?.Cache) ?? Filled(variable(CacheAddress.UrlVariable)) ?? throw new IncidentException(
            FailureKind.SettingMissing,
            scope.EnvironmentName is { } name ? $"The environment '{name}' names no cache, and {CacheAddress.UrlVariable} is not set." : $"No cache is known: neither a connection nor an environment was given, and {CacheAddress.UrlVariable} is not set.",
            scope.EnvironmentName,
            advice: "Give -ConnectionString, or set 'cache' in the environment file; a reference such as env:REDIS_URL keeps the password out of both.");

    private CacheHealth Judge(CacheReading reading, bool replicaIsMeant, ResolvedScope scope)
    {
        var info = reading.Info;
        var now = clock.GetUtcNow();
        // The slow log's times are the server's: they are compared by the server's clock.
        var serverNow = info.Number("server_time_usec") is > 0 and var microseconds ? DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds) : now;
        var findings = CacheFindings.Of(reading, replicaIsMeant, serverNow);
        var critical = findings.Count(finding => finding.Severity == FindingSeverity.Critical);
        var verdict = critical > 0 ? "not healthy" : "healthy";
        return new CacheHealth
        {
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Server = reading.Server,
            Time = now,
            Detail = $"Cache {reading.Server} is {verdict}{(findings.FirstOrDefault(finding => finding.Severity != FindingSeverity.Information) is { } worst ? $": {worst.Message}" : ".")}",
            Version = info.Text("redis_version"),
            Uptime = info.Number("uptime_in_seconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Role = info.Text("role") is { } role ? (reading.IsReplica ? "replica" : role) : null,
            MemoryBytes = info.Number("used_memory"),
            MaximumMemoryBytes = info.Number("maxmemory"),
            MemoryPercent = reading.MemoryPercent,
            EvictionPolicy = info.Text("maxmemory_policy"),
            EvictedKeys = info.Number("evicted_keys"),
            EvictionsPerSecond = reading.EvictionsPerSecond,
            HitPercent = reading.HitPercent,
            HitPercentNow = reading.HitPercentNow,
            CommandsPerSecond = info.Number("instantaneous_ops_per_sec"),
            Clients = info.Number("connected_clients"),
            MaximumClients = info.Number("maxclients"),
            RejectedConnections = info.Number("rejected_connections"),
            Keys = info.Keyspace.Sum(database => database.Keys),
            Replicas = reading.Replicas(),
            SlowCommands = reading.SlowCommands,
            BigKeys = reading.BigKeys,
            Findings = findings,
            Notes = [.. reading.Notes, .. Unreported(info)],
        };
    }

    private static IEnumerable<string> Unreported(CacheInfo info)
    {
        string[] fields = ["role", "used_memory", "maxmemory", "maxmemory_policy", "connected_clients", "rdb_last_bgsave_status"];
        var missing = fields.Where(field => info.Text(field) is null).ToList();
        if (missing.Count > 0)
        {
            yield return $"This server does not report {string.Join(", ", missing)}; what hangs on it was not judged.";
        }
    }

    private static JsonObject Evidence(CacheHealth health) => new()
    {
        ["server"] = health.Server,
        ["healthy"] = health.Healthy,
        ["role"] = health.Role,
        ["memoryBytes"] = health.MemoryBytes,
        ["maximumMemoryBytes"] = health.MaximumMemoryBytes,
        ["evictionPolicy"] = health.EvictionPolicy,
        ["evictedKeys"] = health.EvictedKeys,
        ["hitPercent"] = health.HitPercent is { } hit ? Math.Round(hit, 2) : null,
        ["clients"] = health.Clients,
        ["findings"] = new JsonArray([.. health.Findings.Select(finding => new JsonObject
        {
            ["severity"] = finding.Severity.ToString(),
            ["reason"] = finding.Reason,
            ["message"] = finding.Message,
        })]),
    };

    private static void Validate(CacheOptions options)
    {
        if (options.Sample < TimeSpan.Zero || options.Sample > TimeSpan.FromMinutes(1))
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "The counters can be watched for 0 to 60 seconds.", options.Sample);
        }

        if (options.MaximumKeys is < 1 or > MostKeys)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"{options.MaximumKeys} keys cannot be measured; it must be 1 to {MostKeys}.", options.MaximumKeys);
        }
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
