using System.Text.Json;
using Engine.Tests.Http;
using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.GitHub;
using MalariaIncident.Engine.Web;

namespace Engine.Tests.GitHub;

/// <summary>The room with a cluster and a GitHub as the test says.</summary>
internal sealed class DeploymentDesk
{
    public static readonly DateTimeOffset Began = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

    public RecordingJournal Journal { get; } = new();
    public List<RolloutRevision> Rollouts { get; } = [];
    public IncidentException? ClusterFailure { get; init; }
    public string? Api { get; init; }
    public string? Token { get; init; }
    public string? Repository { get; init; } = "example/backend";
    public string? Workflow { get; init; } = "deploy.yml";

    public DeploymentDesk With(long revision, double minutesBefore, string image, bool current = false, string? cause = null)
    {
        Rollouts.Insert(0, new RolloutRevision
        {
            Namespace = "malaria",
            Deployment = "api",
            Revision = revision,
            ReplicaSet = $"api-{revision}",
            TemplateHash = $"{revision}",
            Current = current,
            Images = ["sidecar=proxy:1", $"api={image}"],
            CreatedAt = Began.AddMinutes(-minutesBefore),
            Cause = cause,
            Replicas = 1,
            ReadyReplicas = 1,
        });
        return this;
    }

    public Task<RecentDeployments> AskAsync(DeploymentOptions? options = null)
    {
        var deployments = new Deployments(
            new Scopes(this), Journal, (_, _) => ReadAsync(), new GitHubRuns(new WebConversation(TimeProvider.System), TimeProvider.System), name => name == "GITHUB_TOKEN" ? Token : null);
        return deployments.GetRecentAsync(new Scope { Incident = "INC-2026-0001", Environment = "production" }, options ?? new(), CancellationToken.None);
    }

    public static string Runs(params object[] runs) => JsonSerializer.Serialize(new { total_count = runs.Length, workflow_runs = runs });

    public static object Run(long number, string commit, double minutesBefore, string? conclusion = "success", string branch = "main") => new
    {
        run_number = number,
        head_sha = commit,
        head_branch = branch,
        display_title = $"Change {number}",
        status = conclusion is null ? "in_progress" : "completed",
        conclusion,
        html_url = $"https://github.com/example/backend/actions/runs/{number}",
        updated_at = Began.AddMinutes(-minutesBefore),
        actor = new { login = "ada" },
    };

    private async IAsyncEnumerable<RolloutRevision> ReadAsync()
    {
        await Task.Yield();
        if (ClusterFailure is not null)
        {
            throw ClusterFailure;
        }

        foreach (var rollout in Rollouts)
        {
            yield return rollout;
        }
    }

    private sealed class Scopes(DeploymentDesk desk) : IScopeResolver
    {
        public Task<ResolvedScope> ResolveAsync(Scope scope, CancellationToken cancellationToken) => Task.FromResult(new ResolvedScope
        {
            Typed = scope,
            IncidentStartedAt = Began,
            Container = "api",
            Environment = new OperationsEnvironment { Name = "production", Repository = desk.Repository, Workflow = desk.Workflow, GitHubApi = desk.Api },
            Timeout = TimeSpan.FromMinutes(1),
        });

        public Task<string> RevealAsync(string valueOrReference, ResolvedScope scope, CancellationToken cancellationToken) => Task.FromResult(valueOrReference);
    }
}
