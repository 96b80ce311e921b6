using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>Other limits, with a restart or without, and the former ones again.</summary>
[Collection(TemporaryStore.Name)]
public sealed class SetResourceLimitSpecs(HealthyProduction world) : IClassFixture<HealthyProduction>, IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void The_template_changes_and_comes_back_exactly()
    {
        var before = _shell.Get<RolloutRevision>("Get-RolloutHistory")[0];
        var changed = Assert.Single(_shell.Get<DeploymentChangeResult>("Set-ResourceLimit -Container api -Memory 4Gi -Cpu 2 -TimeoutSeconds 180 -Confirm:$false"));
        Assert.Equal((MitigationKind.ResourceLimit, 3, true), (changed.Kind, changed.ReadyReplicas, changed.Verified));
        Assert.Equal(["memory limit of container api: 2Gi → 4Gi", "cpu limit of container api: 1 → 2"], changed.Changes.Select(change => $"{change}"["deployment/malaria-predictor-api: ".Length..]));
        _shell.Get<DeploymentChangeResult>($"Undo-Mitigation {changed.MitigationId} -Confirm:$false");
        var after = _shell.Get<RolloutRevision>("Get-RolloutHistory")[0];
        Assert.Equal((before.ReplicaSet, before.TemplateHash), (after.ReplicaSet, after.TemplateHash));
    }

    [Fact]
    public void In_place_the_revision_stays_and_the_result_says_so()
    {
        var outcome = _shell.Run("Set-ResourceLimit -Memory 3Gi -InPlace -TimeoutSeconds 180 -Confirm:$false");
        var changed = Assert.IsType<DeploymentChangeResult>(Assert.Single(outcome.Output).BaseObject);
        Assert.Equal(changed.FromRevision, changed.ToRevision);
        Assert.Contains("3 of 3 pods have their new size, and none of them restarted", changed.Detail, StringComparison.Ordinal);
        Assert.Contains(outcome.Streams.Warning, warning => warning.Message.Contains("stays as it is", StringComparison.Ordinal));
        Assert.Equal(3, Assert.Single(_shell.Get<DeploymentChangeResult>($"Undo-Mitigation {changed.MitigationId} -Confirm:$false")).ReadyReplicas);
    }

    [Fact]
    public void WhatIf_says_that_every_pod_restarts()
    {
        Assert.Null(_shell.Run("Set-ResourceLimit -Memory 4Gi -WhatIf").Error);
        Assert.Contains("every pod restarts: 3 pods are replaced, a few at a time", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("memory limit of container api: 2Gi → 4Gi", _shell.Host.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_input_is_told_apart()
    {
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Set-ResourceLimit -Confirm:$false"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Set-ResourceLimit -Memory 8GB -Confirm:$false"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Set-ResourceLimit -Memory 256Mi -Confirm:$false"));
        Assert.Equal("ContainerNotFound", _shell.FailureOf("Set-ResourceLimit -Container nobody -Memory 4Gi -Confirm:$false"));
        Assert.Equal("NothingToDo", _shell.FailureOf("Set-ResourceLimit -Memory 2048Mi -Confirm:$false"));
        Assert.Contains("8Gi", Assert.Single(_shell.Run("Set-ResourceLimit -Memory 8GB -Confirm:$false").Errors).ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }
}
