using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Verify;

/// <summary>A bad release, once looked at and once acted upon with just the rights that ship.</summary>
public sealed class RightsWorld() : SandboxWorlds("bad-release")
{
    /// <summary>Contexts of the sandbox, whose rights are read from the manifests in kubernetes/.</summary>
    public const string Reader = "-Context sandbox-reader";
    public const string Operator = "-Context sandbox-operator";
}

/// <summary>Every command of the cluster with the rights that ship: those who look can look, those who act can act, and who may not is told before anything is sent.</summary>
[Collection(TemporaryStore.Name)]
public sealed class RightsSpecs(RightsWorld world) : IClassFixture<RightsWorld>, IDisposable
{
    private const string Reader = RightsWorld.Reader;

    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Theory]
    [InlineData("Get-RolloutHistory " + Reader)]
    [InlineData("Get-RecentDeployment " + Reader)]
    [InlineData("Get-ServiceLog " + Reader)]
    [InlineData("Measure-ErrorRate " + Reader)]
    [InlineData("Get-ClusterHealth " + Reader)]
    [InlineData("Test-ServiceDependency " + Reader)]
    [InlineData("Test-IncidentResolution " + Reader)]
    public void Who_may_look_can_look(string command)
    {
        var outcome = _shell.Run(command);
        Assert.True(outcome.Error is null && outcome.Errors.Count == 0, $"{outcome.Error} {string.Join("; ", outcome.Errors)}");
        Assert.NotEmpty(outcome.Output);
    }

    [Fact]
    public void Cluster_health_sees_everything_but_the_details_of_other_namespaces()
    {
        var health = Assert.Single(_shell.Get<ClusterHealth>("Get-ClusterHealth " + Reader));
        Assert.True(health is { Nodes: > 0, CpuCores: > 0 });
        Assert.Contains(health.Findings, finding => finding.Deployment == "malaria-predictor-api" && finding.Evidence.Any(line => line.StartsWith("log of api", StringComparison.Ordinal)));
        Assert.DoesNotContain(health.Notes, note => note.Contains("malaria-prediction-production", StringComparison.Ordinal));
    }

    /// <summary>faults.md: 403 in part; zero writes.</summary>
    [Theory]
    [InlineData("Invoke-EmergencyRollback", "patch deployments.apps")]
    [InlineData("Set-ServiceDegradation -DisableFeature ML_PREDICTIONS", "patch deployments.apps")]
    [InlineData("Set-ServiceScale -Replicas 4", "patch deployments.apps")]
    [InlineData("Set-ResourceLimit -Memory 3Gi", "patch deployments.apps")]
    [InlineData("Set-ResourceLimit -Memory 3Gi -InPlace", "patch pods/resize")]
    [InlineData("Restart-Deployment", "patch deployments.apps")]
    [InlineData("Switch-DeploymentSlot", "patch services")]
    public void Who_may_only_look_is_told_what_is_missing_before_anything_is_sent_or_written_down(string command, string missing)
    {
        var writes = world.Writes.Count;
        foreach (var way in new[] { "-Confirm:$false", "-WhatIf" })
        {
            var outcome = _shell.Run($"{command} {Reader} {way}");
            var error = outcome.Error ?? Assert.Single(outcome.Errors);
            Assert.StartsWith("ClusterForbidden,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains($"this account may not {missing} in namespace malaria-prediction-production", $"{error}", StringComparison.Ordinal);
            Assert.Contains("kubernetes/incident-operator.yaml", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        }

        Assert.Equal(writes, world.Writes.Count);
        Assert.Empty(_shell.Run("Get-Mitigation").Output);
    }

    [Fact]
    public void The_check_in_advance_says_the_same_of_both()
    {
        string[] acting = ["Invoke-EmergencyRollback", "Restart-Deployment", "Set-ResourceLimit", "Set-ServiceDegradation", "Set-ServiceScale", "Switch-DeploymentSlot", "Undo-Mitigation"];
        var reader = _shell.Get<ReadinessReport>($"Test-IncidentReadiness -Area Permissions {Reader}")[0];
        Assert.Equal(acting, reader.Checks.Where(check => check.Status == ReadinessStatus.NotReady).Select(check => check.Check));
        Assert.False(reader.Ready);
        Assert.True(_shell.Get<bool>($"Test-IncidentReadiness -Area Permissions -Command Get-*, Measure-*, Test-* {Reader} -Quiet")[0]);
        Assert.True(_shell.Get<bool>($"Test-IncidentReadiness -Area Permissions, Workload {RightsWorld.Operator} -Quiet")[0]);
    }

    [Fact]
    public void Who_may_act_can_act_and_undo()
    {
        var change = _shell.Get<DeploymentChangeResult>($"Set-ServiceScale -Replicas 4 {RightsWorld.Operator} -NoWait -Confirm:$false")[0];
        Assert.Equal(change.MitigationId, _shell.Get<Mitigation>("Get-Mitigation")[0].Id);
        Assert.Single(_shell.Get<DeploymentChangeResult>($"Undo-Mitigation {change.MitigationId} -NoWait -Confirm:$false"));
    }
}
