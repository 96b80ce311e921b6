using System.Globalization;
using System.Text.Json;
using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Prometheus;

/// <summary>The environment's dashboard at the time that was asked for.</summary>
internal static class DashboardLink
{
    private static readonly TimeSpan Around = TimeSpan.FromMinutes(30), WithoutRange = TimeSpan.FromHours(1);

    /// <summary>Null where the environment names no dashboard.</summary>
    public static string? Make(ResolvedScope scope, string? name, string query, MetricRange? range, DateTimeOffset now)
    {
        if (scope.Environment?.Grafana is not { } template)
        {
            return null;
        }

        var from = range?.From ?? (scope.IncidentStartedAt is { } started && started < now ? started - Around : now - WithoutRange);
        var json = JsonSerializer.Serialize(query);
        return template
            .Replace("{from}", Milliseconds(from), StringComparison.Ordinal)
            .Replace("{to}", Milliseconds(range?.To ?? now), StringComparison.Ordinal)
            .Replace("{name}", Uri.EscapeDataString(name ?? ""), StringComparison.Ordinal)
            .Replace("{environment}", Uri.EscapeDataString(scope.EnvironmentName ?? ""), StringComparison.Ordinal)
            .Replace("{namespace}", Uri.EscapeDataString(scope.Namespace ?? ""), StringComparison.Ordinal)
            .Replace("{deployment}", Uri.EscapeDataString(scope.Deployment ?? ""), StringComparison.Ordinal)
            // Links to Grafana's Explore carry JSON: there the query stands inside a quoted string.
            .Replace("{queryJson}", Uri.EscapeDataString(json[1..^1]), StringComparison.Ordinal)
            .Replace("{query}", Uri.EscapeDataString(query), StringComparison.Ordinal);
    }

    private static string Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
