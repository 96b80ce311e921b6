namespace MalariaIncident;

/// <summary>Whether what an incident may need will work in one environment.</summary>
public sealed record ReadinessReport
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>True when something was found ready, and nothing not ready.</summary>
    public bool Ready => Checks.Any(check => check.Status == ReadinessStatus.Ready) && Checks.All(check => check.Status != ReadinessStatus.NotReady);
    /// <summary>UTC.</summary>
    public required DateTimeOffset CheckedAt { get; init; }
    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }
    /// <summary>Checks by area.</summary>
    public required IReadOnlyList<ReadinessCheck> Checks { get; init; }

    /// <summary>How many of which, and what is missing: <c>1 not ready (Slots), 31 ready</c>.</summary>
    public string Summary => ReadinessText.Counts(Checks);

    /// <summary>The report in lines of at most that many characters; 0 breaks none.</summary>
    public string Describe(int width = 0) => ReadinessText.Of(this, width);
}
