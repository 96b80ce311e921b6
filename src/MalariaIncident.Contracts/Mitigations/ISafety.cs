namespace MalariaIncident;

/// <summary>What this process may do to the world.</summary>
public enum SafetyMode
{
    /// <summary>Changes are made, each after its plan and its confirmation.</summary>
    ReadWrite,
    /// <summary>Nothing is sent that changes anything, and nothing is written to the journal.</summary>
    ReadOnly,
}

/// <summary>How safe this process is.</summary>
public sealed record IncidentSafety
{
    /// <summary>What it may do.</summary>
    public required SafetyMode Mode { get; init; }
    /// <summary>Who set that: the environment variable that the process was started with, or <c>Set-IncidentSafety</c>.</summary>
    public required string SetBy { get; init; }
    /// <summary>The process, and with it every runspace in it.</summary>
    public required int ProcessId { get; init; }
    /// <summary>The machine.</summary>
    public required string Host { get; init; }
}

/// <summary>The switch that stands where requests leave, above every preference variable.</summary>
public interface ISafety
{
    /// <summary>How it stands.</summary>
    IncidentSafety Get();

    /// <summary>
    /// Sets it for the whole process, and writes that down where there is an incident. ReadOnlyMode where the process was started read-only
    /// and <paramref name="force"/> is not given.
    /// </summary>
    Task<IncidentSafety> SetAsync(SafetyMode mode, string? incident, bool force, CancellationToken cancellationToken);
}
