using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>More pods, and the former count again.</summary>
[Collection(TemporaryStore.Name)]
public sealed class SetServiceScaleSpecs(HealthyProduction world) : IClassFixture<HealthyProduction>, IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void More_pods_run_and_undo_sets_the_former_count()
    {
        var scaled = Assert.Single(_shell.Get<DeploymentChangeResult>("Set-ServiceScale -Replicas 4 -TimeoutSeconds 180 -Confirm:$false -WarningAction SilentlyContinue"));
        Assert.Equal((MitigationKind.Scale, 4, true), (scaled.Kind, scaled.ReadyReplicas, scaled.Verified));
        Assert.Equal("NothingToDo", _shell.FailureOf("Set-ServiceScale -Replicas 4 -Confirm:$false"));
        var undone = Assert.Single(_shell.Get<DeploymentChangeResult>("Get-Mitigation -State InForce | Where-Object Kind -eq Scale | Undo-Mitigation -Confirm:$false"));
        Assert.Equal(3, undone.ReadyReplicas);
    }

    [Fact]
    public void WhatIf_shows_count_pods_and_the_way_back()
    {
        Assert.Null(_shell.Run("Set-ServiceScale -Replicas 6 -WhatIf").Error);
        foreach (var line in new[] { "replicas: 3 → 6", "affects: 3 pods are started; none that runs is touched", "sets 3 replicas again, if 6 are still wanted then" })
        {
            Assert.Contains(line, _shell.Host.Shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Fewer_must_be_meant()
    {
        Assert.Equal("ScaleDownNotAllowed", _shell.FailureOf("Set-ServiceScale -Replicas 1 -Confirm:$false"));
        Assert.Equal("ScaleDownNotAllowed", _shell.FailureOf("Set-ServiceScale -Replicas 0 -Force -Confirm:$false"));
        Assert.Null(_shell.Run("Set-ServiceScale -Replicas 1 -AllowScaleDown -WhatIf").Error);
        Assert.Contains("2 pods are stopped, and the rest carries the load", _shell.Host.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_input_is_told_apart()
    {
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Set-ServiceScale -Confirm:$false"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Set-ServiceScale -Replicas -1 -AllowScaleDown -Confirm:$false"));
        Assert.Equal("DeploymentNotFound", _shell.FailureOf("Set-ServiceScale nobody -Replicas 5 -Confirm:$false"));
    }

    [Fact]
    public void A_plan_is_carried_out_as_it_was_made()
    {
        var plan = Assert.Single(_shell.Get<MitigationPlan>("$plan = Set-ServiceScale -Replicas 5 -PlanOnly; $plan"));
        Assert.Equal("Scale malaria-predictor-api up from 3 to 5 replicas", plan.Summary);
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Set-ServiceScale -Plan $plan -Replicas 5 -Confirm:$false"));
        Assert.Equal(plan.Id, Assert.Single(_shell.Get<DeploymentChangeResult>("Set-ServiceScale -Plan $plan -TimeoutSeconds 180 -Confirm:$false -WarningAction SilentlyContinue")).MitigationId);
        Assert.Equal(3, Assert.Single(_shell.Get<DeploymentChangeResult>($"Undo-Mitigation {plan.Id} -Confirm:$false")).ReadyReplicas);
    }
}
