using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>Blue, green, and back.</summary>
[Collection(TemporaryStore.Name)]
public sealed class SwitchDeploymentSlotSpecs(HealthyProduction world) : IClassFixture<HealthyProduction>, IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void It_switches_verifies_and_is_undone_down_the_pipeline()
    {
        var there = Assert.Single(_shell.Get<SlotSwitchResult>("Switch-DeploymentSlot -To green -TimeoutSeconds 180 -Confirm:$false"));
        Assert.Equal((MitigationKind.SlotSwitch, "malaria-predictor-service", "blue", "green", 2, true), (there.Kind, there.Service, there.FromSlot, there.ToSlot, there.ReadyEndpoints, there.Verified));
        Assert.Equal("NothingToDo", _shell.FailureOf("Switch-DeploymentSlot -To green -Confirm:$false"));
        var back = Assert.Single(_shell.Get<SlotSwitchResult>($"Get-Mitigation {there.MitigationId} | Undo-Mitigation -Confirm:$false"));
        Assert.Equal(("blue", 3), (back.ToSlot, back.ReadyEndpoints));
        Assert.Equal(MitigationState.Undone, _shell.Get<Mitigation>($"Get-Mitigation {there.MitigationId}")[0].State);
    }

    [Fact]
    public void Two_probes_of_a_service_switch_it_once_and_not_there_and_back()
    {
        var there = Assert.Single(_shell.Get<SlotSwitchResult>("Test-ServiceHealth -Count 1 | Switch-DeploymentSlot -NoWait -Confirm:$false"));
        Assert.NotEqual(there.FromSlot, there.ToSlot);
        Assert.Equal(there.FromSlot, Assert.Single(_shell.Get<SlotSwitchResult>($"Undo-Mitigation {there.MitigationId} -NoWait -Confirm:$false")).ToSlot);
    }

    [Fact]
    public void WhatIf_shows_selector_images_and_how_many_take_over()
    {
        Assert.Null(_shell.Run("Switch-DeploymentSlot -WhatIf").Error);
        Assert.Contains("service/malaria-predictor-service: selector version: blue → green", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("image behind it: malaria-prediction-api:1.4.2 → malaria-prediction-api:1.4.1", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("2 ready pods of green take over from 3 ready pods of blue", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("undo: Undo-Mitigation MIT-", _shell.Host.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void It_works_with_plain_parameters_and_without_waiting()
    {
        const string Plain = "Switch-DeploymentSlot malaria-predictor-service {0} -Namespace malaria-prediction-production -Slot blue,green -SelectorKey version -NoWait -Confirm:$false";
        var there = Assert.Single(_shell.Get<SlotSwitchResult>(string.Format(Plain, "green")));
        Assert.Equal(("green", null, null), (there.ToSlot, there.ReadyEndpoints, there.Verified));
        Assert.Equal("blue", Assert.Single(_shell.Get<SlotSwitchResult>(string.Format(Plain, "blue"))).ToSlot);
    }

    [Fact]
    public void A_plan_is_carried_out_as_it_was_made_and_not_over_what_moved_since()
    {
        var path = Path.Combine(_store.Folder, "switch.json");
        Assert.Equal("Switch malaria-predictor-service from blue to green", Assert.Single(_shell.Get<MitigationPlan>($"Switch-DeploymentSlot -PlanPath '{path}'")).Summary);
        Assert.Empty(_shell.Get<Mitigation>("Get-Mitigation"));
        var later = Assert.Single(_shell.Get<MitigationPlan>("Switch-DeploymentSlot -PlanOnly"));
        var there = Assert.Single(_shell.Get<SlotSwitchResult>($"Switch-DeploymentSlot -Plan '{path}' -Confirm:$false"));
        Assert.Equal(("green", 2), (there.ToSlot, there.ReadyEndpoints));
        Assert.NotEqual(there.MitigationId, later.Id);
        Assert.Equal("ObjectChanged", _shell.FailureOf($"$plan = Switch-DeploymentSlot -PlanOnly; Switch-DeploymentSlot -Confirm:$false > $null; Switch-DeploymentSlot -Plan $plan -Confirm:$false"));
    }

    [Fact]
    public void Bad_input_is_told_apart()
    {
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Switch-DeploymentSlot -To purple -Confirm:$false"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Switch-DeploymentSlot -Slot blue -Confirm:$false"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Switch-DeploymentSlot -Wait -NoWait -Confirm:$false"));
        Assert.Equal("SlotUnknown", _shell.FailureOf("Switch-DeploymentSlot -SelectorKey slot -Confirm:$false"));
        Assert.Equal("SlotUnknown", _shell.FailureOf("Switch-DeploymentSlot pgbouncer -Confirm:$false"));
        Assert.Equal("ServiceNotFound", _shell.FailureOf("Switch-DeploymentSlot -Service nobody -Confirm:$false"));
    }

    [Fact]
    public void Services_and_slots_complete()
    {
        Assert.Equal(["malaria-predictor-service"], _shell.Complete("Switch-DeploymentSlot -Service mal", "malaria-predictor-service"));
        Assert.Equal(["blue", "green"], _shell.Complete("Switch-DeploymentSlot -To ", "blue"));
        Assert.Equal(["old"], _shell.Complete("Switch-DeploymentSlot -Slot old,new -To o", "old"));
    }

    [Fact]
    public void A_deployment_is_no_parameter_of_it()
        => Assert.DoesNotContain("Deployment", _shell.Get<string>("(Get-Command Switch-DeploymentSlot).Parameters.Keys"));
}

/// <summary>The other slot has nothing to answer with.</summary>
public sealed class EmptySlot() : SandboxWorlds("empty-slot");

/// <inheritdoc cref="EmptySlot"/>
[Collection(TemporaryStore.Name)]
public sealed class SwitchToEmptySlotSpecs(EmptySlot world) : IClassFixture<EmptySlot>, IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void It_is_refused_even_by_force()
    {
        Assert.Equal("SlotNotReady", _shell.FailureOf("Switch-DeploymentSlot -To green -Force -Confirm:$false"));
        Assert.Equal("SlotNotReady", _shell.FailureOf("Switch-DeploymentSlot -WhatIf"));
        Assert.Empty(_shell.Get<Mitigation>("Get-Mitigation"));
    }
}
