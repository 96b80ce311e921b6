namespace MalariaIncident;

/// <summary>One health address, probed.</summary>
public sealed record ServiceHealth
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>liveness or readiness.</summary>
    public required string Probe { get; init; }
    /// <summary>Address asked; without user information.</summary>
    public required string Address { get; init; }
    /// <summary>True when every probe answered 2xx and the body does not say otherwise.</summary>
    public required bool Healthy { get; init; }
    /// <summary>Why it is not healthy (the last unhealthy probe); null when it is.</summary>
    public ProbeFailure? Failure { get; init; }
    /// <summary>HTTP status of the last answer; null when there was none.</summary>
    public int? StatusCode { get; init; }
    /// <summary>Probes sent, and how many were healthy.</summary>
    public required int Probes { get; init; }
    /// <summary>Probes that were healthy.</summary>
    public required int Succeeded { get; init; }
    /// <summary>Slowest answer.</summary>
    public TimeSpan Latency { get; init; }
    /// <summary>When the TLS certificate ends; null for plain HTTP.</summary>
    public DateTimeOffset? CertificateExpires { get; init; }
    /// <summary>Beginning of the body, control characters removed, at most 500 characters.</summary>
    public string? Body { get; init; }
    /// <summary>What was found, in a sentence.</summary>
    public required string Detail { get; init; }
}

/// <summary>How to probe.</summary>
public sealed record ProbeOptions
{
    /// <summary>Probes per address; all must be healthy.</summary>
    public int Count { get; init; } = 1;
    /// <summary>Pause between probes.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);
    /// <summary>Addresses to ask instead of the environment's: liveness, readiness.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}

/// <summary>One line of the runbook's verification list.</summary>
/// <param name="Check">What was checked.</param>
/// <param name="Passed">True, false, or null when it could not be checked.</param>
/// <param name="Detail">What was found.</param>
public sealed record ResolutionCheck(string Check, bool? Passed, string Detail)
{
    /// <summary>True for a check of the record alone: it can speak against a resolution, and never for it.</summary>
    public bool RecordOnly { get; init; }

    /// <summary>In one line, for lists and messages. What was not checked says so in its detail.</summary>
    public override string ToString() => $"{(Passed is null ? "" : Passed.Value ? "ok: " : "FAILED: ")}{Check}: {Detail}";
}

/// <summary>Whether an incident can be called resolved.</summary>
public sealed record ResolutionReport
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>True when something of the service itself was found well, and nothing failed.</summary>
    public bool Resolved => Checks.Any(check => check.Passed == true && !check.RecordOnly) && Checks.All(check => check.Passed != false);
    /// <summary>UTC.</summary>
    public required DateTimeOffset Time { get; init; }
    /// <summary>Checks in the runbook's order.</summary>
    public required IReadOnlyList<ResolutionCheck> Checks { get; init; }
}

/// <summary>The application as its users see it.</summary>
public interface IServices
{
    /// <summary>Probes liveness and readiness. A service that is down is a result, not an exception. SettingMissing without any address.</summary>
    IAsyncEnumerable<ServiceHealth> TestHealthAsync(Scope scope, ProbeOptions options, CancellationToken cancellationToken);

    /// <summary>Runs the runbook's verification list (health over several probes, rollout, findings, long queries) and journals it as Verified.</summary>
    Task<ResolutionReport> TestResolutionAsync(Scope scope, CancellationToken cancellationToken);
}
