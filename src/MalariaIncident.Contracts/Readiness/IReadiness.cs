namespace MalariaIncident;

/// <summary>Which checks are made.</summary>
public sealed record ReadinessOptions
{
    /// <summary>Only these areas; empty means all.</summary>
    public IReadOnlyList<ReadinessArea> Areas { get; init; } = [];
    /// <summary>Only what these commands need, wildcards allowed; empty means all.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];
}

/// <summary>Formats that reports of readiness are written in.</summary>
public enum ReadinessFormat
{
    /// <summary>JUnit's XML, as pipelines read it: a suite per environment and area.</summary>
    JUnit,
    /// <summary>The reports as they are, for programs.</summary>
    Json,
    /// <summary>What the screen shows.</summary>
    Text,
}

/// <summary>Checks in advance: asks everything that a command would need, and changes nothing.</summary>
public interface IReadiness
{
    /// <summary>
    /// Makes every check, at the same time. What is missing is a result, not an exception. EnvironmentNotFound, EnvironmentFileInvalid, IncidentNotFound;
    /// ArgumentInvalid for a command that no check knows.
    /// </summary>
    Task<ReadinessReport> TestAsync(Scope scope, ReadinessOptions options, CancellationToken cancellationToken);
}
