using Engine.Tests.Http;
using MalariaIncident;

namespace Engine.Tests.GitHub;

public sealed class DeploymentsTests
{
    private const string Bad = "0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad";
    private const string Good = "900d900d900d900d900d900d900d900d900d900d";

    [Fact]
    public async Task Rollouts_are_joined_with_the_runs_whose_commit_their_image_names()
    {
        await using var github = await HealthServer.AnsweringAsync(200, DeploymentDesk.Runs(DeploymentDesk.Run(42, Bad, 12), DeploymentDesk.Run(41, Good, 3000)));
        var desk = new DeploymentDesk { Api = github.Uri.ToString(), Token = "t0k3n" }
            .With(6, 2990, $"registry:5000/api:main-{Good[..7]}").With(7, 10, $"registry:5000/api:sha-{Bad}", current: true, cause: "release\u001b[31m by hand");
        var (deployments, notes) = await desk.AskAsync();

        Assert.Empty(notes);
        Assert.Equal([7L, 6L], deployments.Select(deployment => deployment.Revision!.Value));
        var live = deployments[0];
        Assert.Equal((true, true, 42L, Bad, "ada", "Change 42"), (live.Live, live.Suspect, live.Run!.Value, live.Commit!, live.Actor!, live.Title!));
        Assert.Equal(($"registry:5000/api:sha-{Bad}", TimeSpan.FromMinutes(10)), (live.Image, live.BeforeIncident));
        Assert.Equal("Live (release by hand); image of run 42 (ada); 10 min before the incident began.", live.Verdict);
        Assert.Equal((false, false, 41L), (deployments[1].Live, deployments[1].Suspect, deployments[1].Run!.Value));
        Assert.Equal(("/repos/example/backend/actions/workflows/deploy.yml/runs", "Bearer t0k3n"), (github.Seen[0].Path, github.Seen[0].Authorization));
        var (incident, kind, text, data) = Assert.Single(desk.Journal.Appended);
        Assert.Equal(("INC-2026-0001", EventKind.Checked), (incident!, kind));
        Assert.Contains("changed shortly before the incident: revision 7", text, StringComparison.Ordinal);
        Assert.DoesNotContain("t0k3n", text + data!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trap_gh_run_list_shows_runs_and_not_what_is_live()
    {
        await using var github = await HealthServer.AnsweringAsync(200, DeploymentDesk.Runs(
            DeploymentDesk.Run(44, "1111111111", 1, conclusion: null), DeploymentDesk.Run(43, "2222222222", 5), DeploymentDesk.Run(42, Bad, 6, "failure"), DeploymentDesk.Run(41, Good, 3000)));
        var (deployments, _) = await new DeploymentDesk { Api = github.Uri.ToString() }.With(6, 2990, $"api:{Good}", current: true).AskAsync();

        Assert.Equal([44L, 43L, 42L, 41L], deployments.Select(deployment => deployment.Run!.Value));
        Assert.Equal([false, false, false, true], deployments.Select(deployment => deployment.Live));
        Assert.All(deployments.Take(3), deployment => Assert.False(deployment.Suspect, deployment.Verdict));
        Assert.Contains("is in_progress and not live", deployments[0].Verdict, StringComparison.Ordinal);
        Assert.Contains("succeeded, and no revision in the cluster names its commit", deployments[1].Verdict, StringComparison.Ordinal);
        Assert.Contains("ended with failure and is not live", deployments[2].Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollback_counts_from_the_change_it_replaced()
    {
        var (deployments, _) = await new DeploymentDesk { Repository = null }.With(6, 30, "api:bad").With(7, 2990, "api:good", current: true).AskAsync();
        var live = Assert.Single(deployments, deployment => deployment.Live);
        Assert.Equal((true, DeploymentDesk.Began.AddMinutes(-30)), (live.PutBack, live.Time));
        Assert.StartsWith("Live, put back after 11:30 UTC", live.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_is_matched_by_its_tag_and_a_branch_or_a_digest_is_not()
    {
        await using var github = await HealthServer.AnsweringAsync(200, DeploymentDesk.Runs(
            DeploymentDesk.Run(3, "3333333333", 10, branch: "v1.4.2"), DeploymentDesk.Run(2, "2222222222", 20), DeploymentDesk.Run(1, "1111111111", 30)));
        var (deployments, _) = await new DeploymentDesk { Api = github.Uri.ToString() }
            .With(1, 100, "api:main").With(2, 90, $"api@sha256:{new string('1', 64)}").With(3, 80, "api:1.4.2").With(4, 70, "api:x", cause: "release 2222222222 by hand", current: true).AskAsync();
        var byRevision = deployments.Where(deployment => deployment.Revision is not null).ToDictionary(deployment => deployment.Revision!.Value, deployment => deployment.Run);
        Assert.Equal([null, null, 3L, 2L], new long?[] { byRevision[1], byRevision[2], byRevision[3], byRevision[4] });
    }

    [Fact]
    public async Task What_is_live_and_what_is_suspect_is_never_cut_off()
    {
        var desk = new DeploymentDesk { Repository = null }.With(1, 100, "api:1", current: true);
        for (var revision = 2; revision < 8; revision++)
        {
            desk.With(revision, -revision, $"api:{revision}");
        }

        var (deployments, _) = await desk.AskAsync(new() { Maximum = 2 });
        Assert.Equal([7L, 6L, 1L], deployments.Select(deployment => deployment.Revision!.Value));
        Assert.DoesNotContain((await desk.AskAsync(new() { SuspectWindow = TimeSpan.FromMinutes(99) })).Deployments, deployment => deployment.Suspect);
    }

    [Fact]
    public async Task Without_a_cluster_the_runs_are_shown_and_nothing_is_called_live()
    {
        await using var github = await HealthServer.AnsweringAsync(200, DeploymentDesk.Runs(DeploymentDesk.Run(42, Bad, 12)));
        var away = new IncidentException(FailureKind.ClusterUnreachable, "The cluster is away.");
        var (deployments, notes) = await new DeploymentDesk { Api = github.Uri.ToString(), ClusterFailure = away }.AskAsync();
        Assert.Equal((false, true), (Assert.Single(deployments).Live, deployments[0].Suspect));
        Assert.Contains("The cluster is away.", Assert.Single(notes), StringComparison.Ordinal);

        Assert.Same(away, await Assert.ThrowsAsync<IncidentException>(() => new DeploymentDesk { Repository = null, ClusterFailure = away }.AskAsync()));
        var typo = new IncidentException(FailureKind.DeploymentNotFound, "No such deployment.");
        Assert.Same(typo, await Assert.ThrowsAsync<IncidentException>(() => new DeploymentDesk { Api = github.Uri.ToString(), ClusterFailure = typo }.AskAsync()));
    }
}
