namespace MalariaIncident;

/// <summary>How loud a log line is, quietest first.</summary>
public enum LogLevel
{
    /// <summary>The line names no level.</summary>
    Unknown,
    /// <summary>Trace.</summary>
    Trace,
    /// <summary>Debug.</summary>
    Debug,
    /// <summary>Information, notice.</summary>
    Information,
    /// <summary>Warning.</summary>
    Warning,
    /// <summary>Error.</summary>
    Error,
    /// <summary>Critical, fatal, panic.</summary>
    Critical,
}

/// <summary>One line of a container's log.</summary>
public sealed record LogLine
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>Namespace.</summary>
    public required string Namespace { get; init; }
    /// <summary>Deployment.</summary>
    public required string Deployment { get; init; }
    /// <summary>Pod.</summary>
    public required string Pod { get; init; }
    /// <summary>Container.</summary>
    public required string Container { get; init; }
    /// <summary>True for the instance before the last restart.</summary>
    public bool Previous { get; init; }
    /// <summary>When the node received it (UTC); null where the server did not say.</summary>
    public DateTimeOffset? Time { get; init; }
    /// <summary>Level that the line names, in JSON, key=value or plain text.</summary>
    public required LogLevel Level { get; init; }
    /// <summary>The message of a structured line, else the line; control characters removed.</summary>
    public required string Message { get; init; }
    /// <summary>The line exactly as it was written, for files. May hold terminal sequences.</summary>
    public required string Raw { get; init; }
    /// <summary>Top-level properties of a JSON line, in their order; empty for any other.</summary>
    public IReadOnlyDictionary<string, object?> Properties { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>The line as it was written.</summary>
    public override string ToString() => Raw;
}

/// <summary>A line, or a note about what could not be read.</summary>
/// <param name="Line">The line; null for a note.</param>
/// <param name="Note">A container whose log was not to be had, and why; null for a line.</param>
public sealed record LogItem(LogLine? Line, string? Note = null);
