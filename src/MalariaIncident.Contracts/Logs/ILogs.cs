namespace MalariaIncident;

/// <summary>Which lines to read.</summary>
public sealed record LogOptions
{
    /// <summary>Not older than this; null does not limit.</summary>
    public TimeSpan? Since { get; init; }
    /// <summary>At most this many of the newest lines of every container; null does not limit.</summary>
    public int? Tail { get; init; }
    /// <summary>Go on with new lines, of new pods too, until cancelled.</summary>
    public bool Follow { get; init; }
    /// <summary>The instance before the last restart too, where there was one.</summary>
    public bool Previous { get; init; }
    /// <summary>Pods, wildcards allowed; empty means all of the deployment.</summary>
    public IReadOnlyList<string> Pods { get; init; } = [];
    /// <summary>Containers, wildcards allowed; empty means all, sidecars too.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];
    /// <summary>Only lines of at least this level; lines without a level pass when it is Unknown.</summary>
    public LogLevel MinimumLevel { get; init; }
    /// <summary>Only lines that match this wildcard, in any case.</summary>
    public string? Pattern { get; init; }
}

/// <summary>What to count.</summary>
public sealed record ErrorRateOptions
{
    /// <summary>The window, up to now.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);
    /// <summary>The time that it is held against: before the window, or before the incident where the scope has one. Zero compares with nothing.</summary>
    public TimeSpan Baseline { get; init; } = TimeSpan.FromHours(1);
    /// <summary>How many times the baseline's rate still counts as normal.</summary>
    public double Tolerance { get; init; } = 1.5;
    /// <summary>Lines of this level and above are errors.</summary>
    public LogLevel MinimumLevel { get; init; } = LogLevel.Error;
    /// <summary>Containers, wildcards allowed; empty means all, sidecars too.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];
    /// <summary>Shapes of errors to keep.</summary>
    public int Top { get; init; } = 10;
}

/// <summary>
/// Logs of a deployment: of all its pods and containers, not of the one that <c>kubectl logs deployment/x</c> picks. Failures:
/// those of clusters, SettingMissing without a deployment, ResourceNotFound without a pod.
/// </summary>
public interface ILogs
{
    /// <summary>Lines merged by time, as they come. Journalled as evidence in a short form at the end.</summary>
    IAsyncEnumerable<LogItem> ReadAsync(Scope scope, LogOptions options, CancellationToken cancellationToken);

    /// <summary>Counts errors. Reads everything once and keeps counts only. Journalled as evidence.</summary>
    Task<ErrorRate> MeasureErrorsAsync(Scope scope, ErrorRateOptions options, CancellationToken cancellationToken);
}
