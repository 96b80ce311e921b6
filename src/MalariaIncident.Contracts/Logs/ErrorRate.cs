namespace MalariaIncident;

/// <summary>How often one pod logs errors.</summary>
public sealed record PodErrorRate
{
    /// <summary>Pod.</summary>
    public required string Pod { get; init; }
    /// <summary>Lines in the window.</summary>
    public required long Lines { get; init; }
    /// <summary>Lines at the level counted, or above.</summary>
    public required long Errors { get; init; }
    /// <summary>Errors per minute in the window.</summary>
    public required double PerMinute { get; init; }
}

/// <summary>Messages that differ in numbers, ids and quoted values only.</summary>
public sealed record ErrorShape
{
    /// <summary>The message with its changing parts replaced.</summary>
    public required string Shape { get; init; }
    /// <summary>Lines in the window.</summary>
    public required long Count { get; init; }
    /// <summary>Level.</summary>
    public required LogLevel Level { get; init; }
    /// <summary>Pods that said it.</summary>
    public required int Pods { get; init; }
    /// <summary>The first line of that shape; control characters removed.</summary>
    public required string Example { get; init; }
}

/// <summary>Errors in one minute.</summary>
/// <param name="Time">Beginning of the minute (UTC).</param>
/// <param name="Lines">Lines.</param>
/// <param name="Errors">Errors.</param>
public sealed record MinuteErrors(DateTimeOffset Time, long Lines, long Errors);

/// <summary>How often a workload logs errors, against the time before.</summary>
public sealed record ErrorRate
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>Namespace.</summary>
    public required string Namespace { get; init; }
    /// <summary>Deployment.</summary>
    public required string Deployment { get; init; }
    /// <summary>End of the window (UTC).</summary>
    public required DateTimeOffset Time { get; init; }
    /// <summary>Length of the window.</summary>
    public required TimeSpan Window { get; init; }
    /// <summary>Lines in the window.</summary>
    public required long Lines { get; init; }
    /// <summary>Lines at the level counted, or above, in the window.</summary>
    public required long Errors { get; init; }
    /// <summary>Errors per minute in the window, over all pods.</summary>
    public required double PerMinute { get; init; }
    /// <summary>Errors per minute in the baseline; null where the logs do not reach back that far.</summary>
    public double? BaselinePerMinute { get; init; }
    /// <summary>How much of the baseline the logs cover.</summary>
    public TimeSpan BaselineCovered { get; init; }
    /// <summary>True when the rate is no higher than the baseline allows; null without a baseline, and where a log could not be read.</summary>
    public bool? AtBaseline { get; init; }
    /// <summary>Lines of every level in the window.</summary>
    public IReadOnlyDictionary<LogLevel, long> Levels { get; init; } = new Dictionary<LogLevel, long>();
    /// <summary>Every pod, loudest first.</summary>
    public IReadOnlyList<PodErrorRate> Pods { get; init; } = [];
    /// <summary>Every minute of baseline and window that has a line, oldest first.</summary>
    public IReadOnlyList<MinuteErrors> Minutes { get; init; } = [];
    /// <summary>The most frequent shapes of error.</summary>
    public IReadOnlyList<ErrorShape> TopErrors { get; init; } = [];
    /// <summary>Bytes read.</summary>
    public long Bytes { get; init; }
    /// <summary>How long reading took.</summary>
    public TimeSpan Elapsed { get; init; }
    /// <summary>What could not be read.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
