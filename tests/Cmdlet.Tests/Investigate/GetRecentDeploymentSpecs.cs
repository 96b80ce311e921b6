using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Investigate;

[Collection(TemporaryStore.Name)]
public sealed class GetRecentDeploymentSpecs(ObservedRelease release) : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = release.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void What_is_live_what_changed_before_and_who_made_it()
    {
        var file = Path.Combine(_store.Folder, "environments.yaml");
        var started = DateTimeOffset.UtcNow.AddMinutes(1).ToString("O");
        var named = _shell.Run("Get-RecentDeployment -TimeoutSeconds 120");
        Assert.Empty(named.Streams.Warning);
        Assert.All(named.Output, deployment => Assert.Equal("release-engineer", ((RecentDeployment)deployment.BaseObject).Actor));
        File.WriteAllText(file, string.Join('\n', File.ReadAllLines(release.EnvironmentFile).Where(line => !line.Contains("repository:", StringComparison.Ordinal) && !line.Contains("workflow:", StringComparison.Ordinal) && !line.Contains("gitHubApi:", StringComparison.Ordinal))) + "\n");
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS", file);
        var alone = _shell.Run("Get-RecentDeployment");
        Assert.Contains("no repository is named", Assert.Single(alone.Streams.Warning).Message, StringComparison.Ordinal);
        var tag = ((RecentDeployment)alone.Output[0].BaseObject).Image!.Split(':')[^1];

        using var github = new CannedServer(path => path.StartsWith("/repos/example/backend/actions/workflows/deploy.yml/runs", StringComparison.Ordinal)
            ? (200, $$$"""{"workflow_runs":[{"run_number":42,"head_sha":"0badbadbadbadbad","head_branch":"{{{tag}}}","conclusion":"success","updated_at":"{{{started}}}","actor":{"login":"ada"}}]}""")
            : (404, "{}"));
        File.AppendAllText(file, $"    repository: example/backend\n    workflow: deploy.yml\n    gitHubApi: {github.Address}\n");
        _shell.Get<Incident>("New-Incident 'Prediction API returns 500'");

        var deployments = _shell.Get<RecentDeployment>("Get-RecentDeployment -TimeoutSeconds 120");
        var live = Assert.Single(deployments, deployment => deployment.Live);
        Assert.Equal(("ada", 42L, true), (live.Actor, live.Run, live.Suspect));
        Assert.Contains(_shell.Get<IncidentEvent>("Get-IncidentTimeline"), entry => entry.Kind == EventKind.Checked && entry.Text.Contains("(run 42, commit 0badbad)", StringComparison.Ordinal));
        _shell.Run("Get-RecentDeployment | Out-Default");
        Assert.Matches(@"live +\d", _shell.Host.Shown);
        Assert.Contains("suspect", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Equal("DeploymentNotFound", _shell.FailureOf("Get-RecentDeployment no-such-deployment"));
    }
}
