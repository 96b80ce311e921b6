using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>A release that is bad in both slots.</summary>
public sealed class BadReleaseEverywhere() : SandboxWorlds("bad-release", "bad-release-green");

/// <summary>Two deployments by one command.</summary>
[Collection(TemporaryStore.Name)]
public sealed class InvokeEmergencyRollbackSeveralSpecs(BadReleaseEverywhere world) : IClassFixture<BadReleaseEverywhere>, IDisposable
{
    private const string Both = "malaria-predictor-api, malaria-predictor-api-green";

    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void All_are_planned_shown_and_rolled_back_and_one_alone_can_be_undone()
    {
        Assert.Equal("DeploymentNotFound", _shell.FailureOf($"Invoke-EmergencyRollback {Both}, nobody -Confirm:$false"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf($"Invoke-EmergencyRollback {Both} -ToRevision 1 -Confirm:$false"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Invoke-EmergencyRollback -Deployment @() -Confirm:$false"));
        Assert.Null(_shell.Run($"Invoke-EmergencyRollback {Both} -WhatIf").Error);
        Assert.Contains("Roll malaria-predictor-api back to revision 2", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("Roll malaria-predictor-api-green back to revision 1", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Equal(2, _shell.Get<MitigationPlan>($"Invoke-EmergencyRollback {Both} -PlanOnly").Count);
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        Assert.Equal("PathInvalid", _shell.FailureOf($"Invoke-EmergencyRollback {Both} -PlanPath '{file}' -Force"));
        Assert.False(File.Exists(file));
        Assert.Empty(_shell.Run("Get-Mitigation").Output);

        var results = _shell.Get<DeploymentChangeResult>(
            "'malaria-predictor-api', 'malaria-predictor-api-green' | ForEach-Object { [pscustomobject]@{ Deployment = $_ } } | Invoke-EmergencyRollback -TimeoutSeconds 180 -Confirm:$false");
        Assert.Equal(["malaria-predictor-api", "malaria-predictor-api-green"], results.Select(result => result.Deployment).Order());
        // The environment's health addresses lead to the live slot only.
        Assert.Equal([true, null], results.OrderBy(result => result.Deployment, StringComparer.Ordinal).Select(result => result.Verified));
        Assert.Equal(2, _shell.Get<Mitigation>("Get-Mitigation -State InForce").Count);

        var green = results.First(result => result.Deployment.EndsWith("green", StringComparison.Ordinal));
        Assert.Equal("malaria-predictor-api-green", Assert.Single(_shell.Get<DeploymentChangeResult>($"Undo-Mitigation {green.MitigationId} -NoWait -Confirm:$false")).Deployment);
        Assert.Single(_shell.Get<Mitigation>("Get-Mitigation -State InForce"));
        // One of them is back already: nothing is sent to the other either.
        var failure = Assert.Single(_shell.Run($"Invoke-EmergencyRollback {Both} -Confirm:$false").Errors);
        Assert.StartsWith("NothingToDo,", failure.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Nothing was sent: 1 of 2", failure.Exception.Message, StringComparison.Ordinal);
    }
}
