namespace MalariaIncident;

/// <summary>Facts that the runbook's criteria are held against; null means not known.</summary>
public sealed record SeverityFacts
{
    /// <summary>Share of users affected, 0 to 100 percent.</summary>
    public double? UsersAffected { get; init; }
    /// <summary>Performance lost against normal, 0 to 100 percent.</summary>
    public double? PerformanceDegradation { get; init; }
    /// <summary>The whole system is down.</summary>
    public bool Outage { get; init; }
    /// <summary>Data was lost or corrupted.</summary>
    public bool DataLoss { get; init; }
    /// <summary>Security was breached.</summary>
    public bool SecurityBreach { get; init; }
    /// <summary>Payment or billing fails.</summary>
    public bool PaymentFailure { get; init; }
    /// <summary>A major feature is unavailable.</summary>
    public bool MajorFeatureUnavailable { get; init; }
    /// <summary>The data processing pipeline fails.</summary>
    public bool PipelineFailure { get; init; }
    /// <summary>A minor feature is affected.</summary>
    public bool MinorFeature { get; init; }
    /// <summary>A non-critical component fails.</summary>
    public bool ComponentFailure { get; init; }
}

/// <summary>The severity that the facts give.</summary>
public sealed record SeverityVerdict
{
    /// <summary>Highest severity whose criteria fired; the runbook's lowest where none did.</summary>
    public required Severity Severity { get; init; }
    /// <summary>Every criterion that fired, with its severity: <c>P0: at least 50 % of users affected (60 %)</c>.</summary>
    public required IReadOnlyList<string> Criteria { get; init; }
    /// <summary>The policy of that severity.</summary>
    public required SeverityPolicy Policy { get; init; }
}

/// <summary>What the runbook demands for one severity.</summary>
public sealed record SeverityPolicy
{
    /// <summary>Severity.</summary>
    public required Severity Severity { get; init; }
    /// <summary>Its name: Critical, High …</summary>
    public required string Name { get; init; }
    /// <summary>Time to the first response.</summary>
    public required TimeSpan ResponseTime { get; init; }
    /// <summary>Time to resolution.</summary>
    public required TimeSpan ResolutionTarget { get; init; }
    /// <summary>Time after which to escalate while unresolved; zero means at once, null as needed.</summary>
    public TimeSpan? EscalateAfter { get; init; }
    /// <summary>True where every change needs the approval of a second person.</summary>
    public bool ApprovalRequired { get; init; }
    /// <summary>Criteria, as the document words them.</summary>
    public required IReadOnlyList<string> Criteria { get; init; }
}

/// <summary>The runbook document as policy.</summary>
public interface IRunbooks
{
    /// <summary>The severity that facts give. The higher one wins where several fire. ArgumentInvalid for a percentage outside 0 to 100.</summary>
    Task<SeverityVerdict> ResolveSeverityAsync(SeverityFacts facts, CancellationToken cancellationToken);

    /// <summary>Policies, highest severity first. RunbookInvalid.</summary>
    Task<IReadOnlyList<SeverityPolicy>> GetPoliciesAsync(CancellationToken cancellationToken);
}
