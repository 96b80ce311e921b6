using System.Globalization;

namespace MalariaIncident.Sandbox.Observed;

/// <summary>The PromQL that the environment file gives names to, and that the sandbox's Prometheus knows.</summary>
internal static class MetricQueries
{
    /// <summary>What tells whether there is a Prometheus at all.</summary>
    public const string One = "vector(1)";
    public const string Requests = "sum(rate(http_requests_total[5m]))";
    public const string ErrorRate = "sum(rate(http_requests_total{code=~\"5..\"}[5m])) / sum(rate(http_requests_total[5m]))";
    public const string Saturation = "max(container_memory_working_set_bytes{container=\"api\"} / container_spec_memory_limit_bytes{container=\"api\"})";

    public static string Latency(double quantile) =>
        string.Create(CultureInfo.InvariantCulture, $"histogram_quantile({quantile}, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))");
}
