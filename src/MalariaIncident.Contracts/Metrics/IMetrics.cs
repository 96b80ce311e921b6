namespace MalariaIncident;

/// <summary>What to ask Prometheus.</summary>
public sealed record MetricQuestion
{
    /// <summary>Names of the environment's metrics; wildcards allowed. Empty with an empty <see cref="Query"/> means all of them.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
    /// <summary>PromQL, in place of names.</summary>
    public string? Query { get; init; }
    /// <summary>How far back a range reaches; null asks for the present value alone.</summary>
    public TimeSpan? Since { get; init; }
    /// <summary>Distance of the points of a range; null chooses one that gives about sixty.</summary>
    public TimeSpan? Step { get; init; }
    /// <summary>Base address of Prometheus, or a reference, in place of the environment's.</summary>
    public string? Prometheus { get; init; }
}

/// <summary>Reading metrics. Failures: Metric…, Metrics…, QueryInvalid, SettingMissing.</summary>
public interface IMetrics
{
    /// <summary>
    /// Series of every query that was asked for, journalled as evidence. A query without any series yields one result without value and with a
    /// note: nothing is not zero.
    /// </summary>
    IAsyncEnumerable<ServiceMetric> QueryAsync(Scope scope, MetricQuestion question, CancellationToken cancellationToken);
}
