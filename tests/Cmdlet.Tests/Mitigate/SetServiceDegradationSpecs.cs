using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>Less, but alive; and everything back.</summary>
[Collection(TemporaryStore.Name)]
public sealed class SetServiceDegradationSpecs(HealthyProduction world) : IClassFixture<HealthyProduction>, IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void The_environments_features_go_off_and_come_back_exactly()
    {
        var before = _shell.Get<RolloutRevision>("Get-RolloutHistory")[0];
        var degraded = Assert.Single(_shell.Get<DeploymentChangeResult>("Set-ServiceDegradation -TimeoutSeconds 180 -Confirm:$false"));
        Assert.Equal((MitigationKind.Degradation, 2, true), (degraded.Kind, degraded.ReadyReplicas, degraded.Verified));
        Assert.Equal(
            ["FEATURE_ML_PREDICTIONS of container api", "FEATURE_BACKGROUND_JOBS of container api", "replicas"], degraded.Changes.Select(change => change.Field));
        Assert.Equal("NothingToDo", _shell.FailureOf("Set-ServiceDegradation -Confirm:$false"));

        var restored = Assert.Single(_shell.Get<DeploymentChangeResult>("Set-ServiceDegradation -Restore -TimeoutSeconds 180 -Confirm:$false"));
        Assert.Equal(3, restored.ReadyReplicas);
        var after = _shell.Get<RolloutRevision>("Get-RolloutHistory")[0];
        Assert.Equal((before.ReplicaSet, before.TemplateHash), (after.ReplicaSet, after.TemplateHash));
        Assert.Equal("NothingToDo", _shell.FailureOf("Set-ServiceDegradation -Restore -Confirm:$false"));
    }

    [Fact]
    public void Several_degradations_are_put_back_the_last_one_first()
    {
        _shell.Run("Set-ServiceDegradation -DisableFeature EXPORT -Replicas 2 -NoWait -Confirm:$false; Set-ServiceDegradation -DisableFeature ML_PREDICTIONS -Replicas 1 -NoWait -Confirm:$false");
        Assert.Equal(2, _shell.Get<DeploymentChangeResult>("Set-ServiceDegradation -Restore -TimeoutSeconds 180 -Confirm:$false").Count);
        Assert.All(_shell.Get<Mitigation>("Get-Mitigation | Where-Object { -not $_.Undoes }"), mitigation => Assert.Equal(MitigationState.Undone, mitigation.State));
        Assert.Equal(3, _shell.Get<RolloutRevision>("Get-RolloutHistory")[0].Replicas);
    }

    [Fact]
    public void WhatIf_shows_value_and_source_before_and_after()
    {
        Assert.Null(_shell.Run("Set-ServiceDegradation -WhatIf").Error);
        Assert.Contains("FEATURE_BACKGROUND_JOBS of container api: from config map malaria-predictor-config, key background-jobs → false", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("replicas: 3 → 2", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("puts back exactly what was there", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Equal(3, _shell.Get<RolloutRevision>("Get-RolloutHistory")[0].Replicas);
    }

    [Fact]
    public void Bad_input_is_told_apart()
    {
        Assert.Equal("NameInvalid", _shell.FailureOf("Set-ServiceDegradation -DisableFeature 'a=b' -Confirm:$false"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Set-ServiceDegradation -Replicas 0 -Confirm:$false"));
        Assert.Equal("ContainerNotFound", _shell.FailureOf("Set-ServiceDegradation -Container nobody -Confirm:$false"));
        Assert.Equal("AmbiguousParameterSet", _shell.FailureOf("Set-ServiceDegradation -Restore -Replicas 1 -Confirm:$false"));
    }

    [Fact]
    public void Features_of_the_environment_complete()
        => Assert.Equal(["ML_PREDICTIONS", "BACKGROUND_JOBS"], _shell.Complete("Set-ServiceDegradation -DisableFeature ", "ML_PREDICTIONS"));
}
