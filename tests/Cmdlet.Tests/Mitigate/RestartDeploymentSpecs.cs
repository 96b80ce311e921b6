using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>New pods, the same template.</summary>
[Collection(TemporaryStore.Name)]
public sealed class RestartDeploymentSpecs(HealthyProduction world) : IClassFixture<HealthyProduction>, IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void The_pooler_is_restarted_without_being_named()
    {
        var result = Assert.Single(_shell.Get<DeploymentChangeResult>("Restart-Deployment -Pooler -TimeoutSeconds 180 -Confirm:$false"));
        Assert.Equal((MitigationKind.Restart, "pgbouncer", 2, true), (result.Kind, result.Deployment, result.ReadyReplicas, result.Verified));
        Assert.Equal(MitigationState.Done, _shell.Get<Mitigation>($"Get-Mitigation {result.MitigationId}")[0].State);
        Assert.Equal("MitigationNotReversible", _shell.FailureOf($"Undo-Mitigation {result.MitigationId} -Confirm:$false"));
    }

    [Fact]
    public void WhatIf_says_what_it_costs_and_that_it_cannot_be_undone()
    {
        var outcome = _shell.Run("Restart-Deployment -Pooler -WhatIf");
        Assert.Null(outcome.Error);
        Assert.Contains("client connections of every pod that is replaced are dropped", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("RECONNECT or RELOAD", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("undo: not possible", _shell.Host.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_restart_leaves_the_revision_that_a_rollback_would_choose()
    {
        var before = _shell.Get<RolloutRevision>("Get-RolloutHistory | Where-Object RollbackTarget");
        var result = Assert.Single(_shell.Get<DeploymentChangeResult>("Restart-Deployment malaria-predictor-api -NoWait -Confirm:$false"));
        Assert.Equal("malaria-predictor-api", result.Deployment);
        Assert.Equal(before.Select(revision => revision.ReplicaSet), _shell.Get<RolloutRevision>("Get-RolloutHistory | Where-Object RollbackTarget").Select(revision => revision.ReplicaSet));
    }

    [Fact]
    public void Bad_input_is_told_apart()
    {
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Restart-Deployment -Pooler -Deployment pgbouncer -Confirm:$false"));
        Assert.Equal("DeploymentNotFound", _shell.FailureOf("Restart-Deployment nobody -Confirm:$false"));
    }
}
