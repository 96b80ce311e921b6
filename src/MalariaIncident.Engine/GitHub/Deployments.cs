using System.Globalization;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;

namespace MalariaIncident.Engine.GitHub;

/// <summary>What was deployed lately: the cluster says what is live, GitHub who made it.</summary>
/// <param name="scopes">Fills in what was not typed.</param>
/// <param name="journal">Takes evidence.</param>
/// <param name="rollouts">Revisions in the cluster; the room that reads them is not known here.</param>
/// <param name="runs">Asks GitHub.</param>
/// <param name="variable">Environment variables.</param>
internal sealed class Deployments(
    IScopeResolver scopes,
    IJournal journal,
    Func<Scope, CancellationToken, IAsyncEnumerable<RolloutRevision>> rollouts,
    GitHubRuns runs,
    Func<string, string?> variable) : IDeployments
{
    private const int MostDeployments = 1000;

    /// <summary>GitHub adds to the answer; an operator does not wait for it as long as for the cluster.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Failures that say nothing about the names that were typed: with GitHub's answer there is still something to show.</summary>
    private static readonly FailureKind[] ClusterAway =
    [
        FailureKind.ClusterUnreachable, FailureKind.ClusterTimeout, FailureKind.ClusterBusy, FailureKind.ClusterUntrusted, FailureKind.ClusterUnauthenticated,
        FailureKind.ClusterForbidden, FailureKind.ClusterAnswerInvalid, FailureKind.ClusterRefused, FailureKind.KubeConfigMissing, FailureKind.RolloutHistoryEmpty,
    ];

    public async Task<RecentDeployments> GetRecentAsync(Scope scope, DeploymentOptions options, CancellationToken cancellationToken)
    {
        Validate(options);
        var resolved = await scopes.ResolveAsync(scope, cancellationToken);
        var place = GitHubPlace.Of(options, resolved, variable);
        var asking = place is null ? null : runs.ReadAsync(place, scope.Timeout ?? Patience, cancellationToken);
        var (found, away) = await RolloutsAsync(scope, cancellationToken);
        var (ran, note) = asking is null ? ([], "GitHub was not asked: no repository is named. Set 'repository' in the environment file, or give -Repository.") : await asking;
        if (away is not null && ran.Count == 0)
        {
            throw away;
        }

        var deployments = DeploymentTimeline.Join(found, away is null, ran, resolved, options);
        List<string> notes = [];
        if (away is not null)
        {
            notes.Add($"What is live is not known: {away.Message}");
        }

        if (note is not null)
        {
            notes.Add(note);
        }

        if (ran.Count > 0 && found.Count > 0 && deployments.All(deployment => deployment.Revision is null || deployment.Run is null))
        {
            notes.Add("No image in the cluster names the commit or tag of a run, so rollouts and runs stand beside each other. Tag images with the commit.");
        }

        await journal.AppendEvidenceAsync(resolved.Incident, Sentence(deployments, resolved), Evidence(deployments), cancellationToken);
        return new(deployments, notes);
    }

    private async Task<(List<RolloutRevision> Found, IncidentException? Away)> RolloutsAsync(Scope scope, CancellationToken cancellationToken)
    {
        List<RolloutRevision> found = [];
        try
        {
            await foreach (var rollout in rollouts(scope, cancellationToken))
            {
                found.Add(rollout);
            }

            return (found, null);
        }
        catch (IncidentException failure) when (ClusterAway.Contains(failure.Kind))
        {
            return ([], failure);
        }
    }

    private static string Sentence(IReadOnlyList<RecentDeployment> deployments, ResolvedScope scope)
    {
        var live = deployments.FirstOrDefault(deployment => deployment.Live);
        var run = live?.Commit is { } commit ? string.Create(CultureInfo.InvariantCulture, $" (run {live.Run}, commit {commit[..Math.Min(7, commit.Length)]})") : "";
        var what = live is null
            ? "Recent deployments were read; what is live is not known"
            : string.Create(CultureInfo.InvariantCulture, $"Live is revision {live.Revision} of {live.Deployment}, {live.Image}, since {live.Time:yyyy-MM-dd HH:mm} UTC{run}");
        var suspects = deployments.Where(deployment => deployment.Suspect).ToList();
        return suspects.Count > 0
            ? $"{what}; changed shortly before the incident: {string.Join(", ", suspects.Select(suspect => suspect.Revision is { } revision ? $"revision {revision}" : $"run {suspect.Run}"))}"
            : scope.IncidentStartedAt is null ? what : $"{what}; nothing changed shortly before the incident";
    }

    private static JsonObject Evidence(IReadOnlyList<RecentDeployment> deployments) => new()
    {
        ["deployments"] = new JsonArray([.. deployments.Take(10).Select(deployment => new JsonObject
        {
            ["time"] = deployment.Time.ToString("O", CultureInfo.InvariantCulture),
            ["live"] = deployment.Live,
            ["suspect"] = deployment.Suspect,
            ["revision"] = deployment.Revision,
            ["image"] = deployment.Image,
            ["commit"] = deployment.Commit,
            ["run"] = deployment.Run,
            ["result"] = deployment.RunResult,
        })]),
    };

    private static void Validate(DeploymentOptions options)
    {
        if (options.Maximum is < 1 or > MostDeployments)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"{options.Maximum} deployments cannot be listed; it must be 1 to {MostDeployments}.", options.Maximum);
        }

        if (options.SuspectWindow < TimeSpan.Zero || options.SuspectWindow > TimeSpan.FromDays(366))
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "The time before the incident must be between zero and 366 days.", options.SuspectWindow);
        }
    }
}
