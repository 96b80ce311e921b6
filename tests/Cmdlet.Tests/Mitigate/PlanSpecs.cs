using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>Planned by one, approved by another, carried out exactly so, once.</summary>
[Collection(TemporaryStore.Name)]
public sealed class PlanSpecs(HealthyProduction world) : IClassFixture<HealthyProduction>, IDisposable
{
    private const string Degrade = "Set-ServiceDegradation -DisableFeature ML_PREDICTIONS";
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    private string File => Path.Combine(_store.Folder, "a.plan.json");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_RUNBOOK", null);
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ACTOR", null);
        _shell.Run("Get-Mitigation -State InForce | Undo-Mitigation -NoWait -Confirm:$false");
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void PlanOnly_returns_the_plan_and_does_nothing()
    {
        _shell.Get<Incident>("New-Incident one");
        var plan = Assert.Single(_shell.Get<MitigationPlan>($"{Degrade} -PlanOnly"));
        Assert.StartsWith("sha256:", plan.Digest, StringComparison.Ordinal);
        Assert.Empty(_shell.Get<Mitigation>("Get-Mitigation"));
        Assert.Empty(_shell.Host.Prompts);
    }

    [Fact]
    public void A_saved_plan_is_carried_out_exactly_and_once()
    {
        var plan = Assert.Single(_shell.Get<MitigationPlan>($"{Degrade} -PlanPath '{File}'"));
        var result = Assert.Single(_shell.Get<DeploymentChangeResult>($"Set-ServiceDegradation -Plan '{File}' -NoWait -Confirm:$false"));
        Assert.Equal(plan.Id, result.MitigationId);
        Assert.Equal("PlanUsed", _shell.FailureOf($"Set-ServiceDegradation -Plan '{File}' -Confirm:$false"));
    }

    [Fact]
    public void A_plan_object_needs_no_file()
        => Assert.Equal(MitigationKind.Degradation, Assert.Single(_shell.Get<DeploymentChangeResult>($"$plan = {Degrade} -PlanOnly; Set-ServiceDegradation -Plan $plan -NoWait -Confirm:$false")).Kind);

    [Fact]
    public void WhatIf_of_a_plan_shows_it_and_writes_no_file()
    {
        Assert.Null(_shell.Run($"{Degrade} -PlanPath '{File}' -WhatIf").Error);
        Assert.False(System.IO.File.Exists(File));
        Assert.Null(_shell.Run($"{Degrade} -PlanPath '{File}'; Set-ServiceDegradation -Plan '{File}' -WhatIf").Error);
        Assert.Contains("What if: Degrade malaria-predictor-api: switch off FEATURE_ML_PREDICTIONS", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Empty(_shell.Get<Mitigation>("Get-Mitigation"));
    }

    [Fact]
    public void A_plan_is_refused_when_the_world_moved()
    {
        _shell.Run($"{Degrade} -PlanPath '{File}'; Set-ServiceDegradation -DisableFeature EXPORT -NoWait -Confirm:$false");
        Assert.Equal("ObjectChanged", _shell.FailureOf($"Set-ServiceDegradation -Plan '{File}' -Confirm:$false"));
    }

    [Fact]
    public void A_plan_is_refused_by_another_command_and_beside_parameters_of_its_own()
    {
        _shell.Run($"{Degrade} -PlanPath '{File}'");
        Assert.Equal("PlanInvalid", _shell.FailureOf($"Invoke-EmergencyRollback -Plan '{File}' -Confirm:$false"));
        Assert.Equal("PlanInvalid", _shell.FailureOf($"Undo-Mitigation -Plan '{File}' -Confirm:$false"));
        Assert.Equal("PlanInvalid", _shell.FailureOf($"Stop-LongQuery -Plan '{File}' -Confirm:$false"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf($"Set-ServiceDegradation -Plan '{File}' -Replicas 1 -Confirm:$false"));
        Assert.Equal("PathInvalid", _shell.FailureOf("Set-ServiceDegradation -Plan ./nowhere.json -Confirm:$false"));
        Assert.Equal("PathInvalid", _shell.FailureOf(@"Set-ServiceDegradation -Plan 'env:\plan' -Confirm:$false"));
        Assert.Equal("PathInvalid", _shell.FailureOf(@$"{Degrade} -PlanPath 'env:\plan'"));
        Assert.Equal("PathInvalid", _shell.FailureOf($"{Degrade} -PlanPath '{File}'"));
        Assert.Empty(_shell.Get<Mitigation>("Get-Mitigation"));
    }

    [Fact]
    public void A_change_of_one_character_is_found()
    {
        _shell.Run($"{Degrade} -PlanPath '{File}'");
        System.IO.File.WriteAllText(File, System.IO.File.ReadAllText(File).Replace("ML_PREDICTIONS", "ML_PREDICTION", StringComparison.Ordinal));
        Assert.Equal("PlanAltered", _shell.FailureOf($"Set-ServiceDegradation -Plan '{File}' -Confirm:$false"));
    }

    [Fact]
    public void Putting_back_can_be_planned_too()
    {
        var id = Assert.Single(_shell.Get<DeploymentChangeResult>($"{Degrade} -NoWait -Confirm:$false")).MitigationId;
        _shell.Run($"Undo-Mitigation {id} -PlanPath '{File}'");
        Assert.Equal(MitigationState.InForce, Assert.Single(_shell.Get<Mitigation>("Get-Mitigation")).State);
        Assert.Single(_shell.Get<DeploymentChangeResult>($"Undo-Mitigation -Plan '{File}' -NoWait -Confirm:$false"));
        Assert.Equal(MitigationState.Undone, Assert.Single(_shell.Get<Mitigation>($"Get-Mitigation {id}")).State);
    }

    [Fact]
    public void Where_the_runbook_asks_for_it_a_second_person_has_to_agree()
    {
        AskForApproval();
        _shell.Get<Incident>("New-Incident one -Severity P0");
        Be("ada");
        Assert.Equal("ApprovalMissing", _shell.FailureOf($"{Degrade} -NoWait -Confirm:$false"));
        _shell.Run($"{Degrade} -PlanPath '{File}'");
        Assert.Equal("ApprovalByPlanner", _shell.FailureOf($"Approve-Mitigation '{File}' -Confirm:$false"));
        Assert.Empty(_shell.Get<Mitigation>("Get-Mitigation"));

        Be("grace");
        var approval = Assert.Single(_shell.Get<MitigationApproval>($"Approve-Mitigation '{File}' -Comment 'agreed' -Confirm:$false"));
        Assert.Equal(("ada", "grace", "agreed"), (approval.PlannedBy, approval.ApprovedBy, approval.Comment));

        Be("ada");
        Assert.Single(_shell.Get<DeploymentChangeResult>($"Set-ServiceDegradation -Plan '{File}' -NoWait -Confirm:$false"));
        Assert.Single(_shell.Get<IncidentEvent>("Get-IncidentTimeline"), entry => entry is { Kind: EventKind.Approved, Actor: "grace" });
        Assert.Matches("Approved at .* UTC: grace approves .* planned by ada", Report());
    }

    [Fact]
    public void A_broken_glass_goes_on_and_is_loud()
    {
        AskForApproval();
        _shell.Get<Incident>("New-Incident one -Severity P0");
        var outcome = _shell.Run($"{Degrade} -BreakGlass 'nobody else is awake' -NoWait -Confirm:$false");
        Assert.Null(outcome.Error);
        Assert.Contains(outcome.Streams.Warning, warning => warning.Message.StartsWith("Break-glass", StringComparison.Ordinal));
        var loud = Assert.Single(_shell.Get<IncidentEvent>("Get-IncidentTimeline"), entry => entry.Kind == EventKind.BreakGlass);
        Assert.Contains("nobody else is awake", loud.Text, StringComparison.Ordinal);
        var report = Report();
        Assert.Contains("Break-glass", report, StringComparison.Ordinal);
        Assert.Matches(@"\*\*Without approval\*\* at .* UTC: BREAK-GLASS: .*nobody else is awake", report);
    }

    private string Report() => System.IO.File.ReadAllText(_shell.Get<ReportFile>($"Export-IncidentReport -Format Markdown -Path '{_store.Folder}'")[0].Path);

    private static void Be(string person) => Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ACTOR", person);

    private void AskForApproval()
    {
        var runbook = Path.Combine(_store.Folder, "runbook.md");
        var shipped = System.IO.File.ReadAllText(Path.Combine(Paths.RepositoryRoot, "src", "MalariaIncident.Engine", "Runbooks", "default-runbook.md"));
        System.IO.File.WriteAllText(runbook, shipped.Replace("- **Escalation**: Immediate", "- **Escalation**: Immediate\n- **Approval**: second person", StringComparison.Ordinal));
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_RUNBOOK", runbook);
    }
}
