using System.Management.Automation;
using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>What an operator sees of a bad release before the yes; nothing here changes the cluster.</summary>
[Collection(TemporaryStore.Name)]
public sealed class InvokeEmergencyRollbackSpecs(BadRelease world) : IClassFixture<BadRelease>, IDisposable
{
    private const string Good = "registry.example/malaria-prediction-api:1.4.2";

    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void WhatIf_shows_every_difference_the_reason_the_condition_and_the_way_back()
    {
        Assert.Null(_shell.Run("Invoke-EmergencyRollback -WhatIf").Error);
        foreach (var line in new[]
        {
            "Roll malaria-predictor-api back to revision 2, malaria-prediction-api:1.4.2",
            $"image of container api: registry.example/malaria-prediction-api:1.5.0 → {Good}",
            "LOG_LEVEL of container api: debug → info",
            "why: revision 2 (malaria-prediction-api:1.4.2) was live for",
            "why: revision 3 was passed over: it keeps the image that runs now",
            "only if: the deployment still is what it was at generation",
            "undo: Undo-Mitigation MIT-",
        })
        {
            Assert.Contains(line, _shell.Host.Shown, StringComparison.Ordinal);
        }

        Assert.Equal("registry.example/malaria-prediction-api:1.5.0", Image());
    }

    [Theory]
    [InlineData("(Get-ClusterHealth).Findings")]
    [InlineData("Measure-ErrorRate")]
    [InlineData("Get-RecentDeployment")]
    [InlineData("Test-ServiceHealth -Count 1")]
    [InlineData("[pscustomobject]@{ Namespace = 'malaria-prediction-production'; Deployment = 'malaria-predictor-api' }")]
    public void What_was_seen_leads_to_one_rollback_down_the_pipeline(string seen)
    {
        var plan = Assert.Single(_shell.Get<MitigationPlan>($"{seen} | Invoke-EmergencyRollback -PlanOnly -WarningAction Ignore"));
        Assert.StartsWith("Roll malaria-predictor-api back to revision 2,", plan.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_revision_down_the_pipeline_is_the_one_that_is_meant()
    {
        Assert.Null(_shell.Run("Get-RolloutHistory | Where-Object Revision -eq 1 | Invoke-EmergencyRollback -WhatIf").Error);
        Assert.Contains("Roll malaria-predictor-api back to revision 1,", _shell.Host.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_input_is_told_apart()
    {
        Assert.Equal("DeploymentNotFound", _shell.FailureOf("Invoke-EmergencyRollback nobody -Confirm:$false"));
        Assert.Equal("NameInvalid", _shell.FailureOf("Invoke-EmergencyRollback '../secrets' -Confirm:$false"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Invoke-EmergencyRollback -Wait -NoWait -Confirm:$false"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Invoke-EmergencyRollback -ToRevision 0 -Confirm:$false"));
        Assert.Equal("ConfirmationImpossible", _shell.FailureOf("Invoke-EmergencyRollback"));
        Assert.Equal(ErrorCategory.ObjectNotFound, Assert.Single(_shell.Run("Invoke-EmergencyRollback -ToRevision 99 -Confirm:$false").Errors).CategoryInfo.Category);
    }

    [Fact]
    public void The_history_is_a_table_that_marks_the_target_and_completes_revisions()
    {
        var history = _shell.Get<RolloutRevision>("Get-RolloutHistory");
        Assert.Equal([4, 3, 2, 1], history.Select(revision => revision.Revision));
        Assert.Equal(2, Assert.Single(history, revision => revision.RollbackTarget).Revision);
        _shell.Run("Get-RolloutHistory | Out-Default");
        foreach (var text in new[] { "Deployment: malaria-predictor-api", "target", "malaria-prediction-api:1.4.2", "Verdict" })
        {
            Assert.Contains(text, _shell.Host.Shown, StringComparison.Ordinal);
        }

        Assert.Equal(["3", "2", "1"], _shell.Complete("Invoke-EmergencyRollback -ToRevision ", "3"));
        Assert.Equal("DeploymentNotFound", _shell.FailureOf("Get-RolloutHistory nobody"));
    }

    [Fact]
    public void The_history_is_evidence_and_its_completion_is_not()
    {
        _shell.Get<Incident>("New-Incident 'API down'");
        _shell.Run("(TabExpansion2 'Invoke-EmergencyRollback -ToRevision ' 37).CompletionMatches | Out-Null");
        _shell.Get<RolloutRevision>("Get-RolloutHistory | ForEach-Object { $_; break }");
        var look = Assert.Single(_shell.Get<IncidentEvent>("Get-IncidentTimeline"), entry => entry.Kind == EventKind.Checked);
        Assert.Contains("malaria-predictor-api runs revision 4 (api=", look.Text, StringComparison.Ordinal);
        Assert.Contains("a rollback would go to revision 2 (api=", look.Text, StringComparison.Ordinal);
    }

    private string Image() => _shell.Get<RolloutRevision>("Get-RolloutHistory")[0].Images[0]["api=".Length..];
}
