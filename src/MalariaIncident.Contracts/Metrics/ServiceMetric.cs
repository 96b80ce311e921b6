namespace MalariaIncident;

/// <summary>One series of a metric.</summary>
public sealed record ServiceMetric
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>Name in the environment file; null for free PromQL.</summary>
    public string? Name { get; init; }
    /// <summary>PromQL that was asked.</summary>
    public required string Query { get; init; }
    /// <summary>Labels of the series.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
    /// <summary>The series as Prometheus writes it: <c>up{job="api"}</c>; the name where it has no labels.</summary>
    public required string Series { get; init; }
    /// <summary>Time of <see cref="Value"/>; UTC.</summary>
    public DateTimeOffset? Time { get; init; }
    /// <summary>Newest value; null where there is none. May be NaN or infinite, as Prometheus says.</summary>
    public double? Value { get; init; }
    /// <summary>What values are in: s, ratio, bytes …; null where nobody said.</summary>
    public string? Unit { get; init; }
    /// <summary>Lowest finite value of the range.</summary>
    public double? Minimum { get; init; }
    /// <summary>Highest finite value of the range.</summary>
    public double? Maximum { get; init; }
    /// <summary>Mean of the finite values of the range.</summary>
    public double? Average { get; init; }
    /// <summary>Points of the range, oldest first; one for an instant.</summary>
    public IReadOnlyList<MetricPoint> Points { get; init; } = [];
    /// <summary>The range drawn in block characters, a blank where there was no value; empty for an instant.</summary>
    public string Sparkline { get; init; } = "";
    /// <summary>The dashboard for this time, where the environment names one.</summary>
    public string? Link { get; init; }
    /// <summary>What Prometheus warned of, and what a missing value means.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A value at a time.</summary>
/// <param name="Time">UTC.</param>
/// <param name="Value">May be NaN or infinite.</param>
public sealed record MetricPoint(DateTimeOffset Time, double Value);
