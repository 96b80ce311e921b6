using MalariaIncident.Engine.Readiness;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.GitHub;

/// <summary>Can the runs that release the application be read?</summary>
internal sealed class RepositoryReadiness(GitHubRuns runs, Func<string, string?> variable) : IReadinessContributor
{
    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(ReadinessInquiry inquiry, CancellationToken cancellationToken)
    {
        if (!inquiry.Wants(ReadinessArea.GitHub))
        {
            return [];
        }

        var question = inquiry.Ask(ReadinessArea.GitHub, "Repository", "Get-RecentDeployment");
        return [await question.AskAsync(
            async token =>
            {
                if (GitHubPlace.Of(new DeploymentOptions(), inquiry.Scope, variable) is not { } place)
                {
                    return question.NotChecked("No repository is named.", "Name it as 'repository' in the environment file.");
                }

                var (found, note) = await runs.ReadAsync(place, inquiry.Scope.Timeout, token);
                var who = place.Credentials is null ? "without a token" : "with a token";
                return note is not null
                    ? question.NotReady(note, "Get-RecentDeployment goes on with what the cluster knows, without commits and people.")
                    : question.Ready($"{place.Name} is read {who}: {Amount.Of(found.Count, "run")}{(found.Count == 0 ? "" : $", the last one {found[0].Result}")}.");
            },
            cancellationToken)];
    }
}
