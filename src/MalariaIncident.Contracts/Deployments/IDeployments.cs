namespace MalariaIncident;

/// <summary>Which deployments to look for.</summary>
public sealed record DeploymentOptions
{
    /// <summary>A change this long before the incident began, or less, is a suspect.</summary>
    public TimeSpan SuspectWindow { get; init; } = TimeSpan.FromHours(2);
    /// <summary>At most this many, newest first; what is live and what is suspect is among them always.</summary>
    public int Maximum { get; init; } = 10;
    /// <summary>GitHub repository <c>owner/name</c>, in place of the environment's.</summary>
    public string? Repository { get; init; }
    /// <summary>Workflow file, in place of the environment's; without either all workflows are read.</summary>
    public string? Workflow { get; init; }
}

/// <summary>What was deployed lately.</summary>
public interface IDeployments
{
    /// <summary>
    /// Rollouts of the scope's deployment joined with runs of GitHub Actions, newest first, journalled as evidence. GitHub that does not answer is a
    /// note; so is a cluster that does not, where GitHub does. Otherwise the failures of <see cref="IClusters.GetRolloutHistoryAsync"/>.
    /// </summary>
    Task<RecentDeployments> GetRecentAsync(Scope scope, DeploymentOptions options, CancellationToken cancellationToken);
}

/// <summary>What was found.</summary>
/// <param name="Deployments">Newest first.</param>
/// <param name="Notes">What could not be read, and why.</param>
public sealed record RecentDeployments(IReadOnlyList<RecentDeployment> Deployments, IReadOnlyList<string> Notes);
