using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>PAUSE, RESUME, RECONNECT and RELOAD at the prompt, on a real PgBouncer.</summary>
[Collection(TemporaryStore.Name)]
public sealed class ConnectionPoolSpecs(HealthyProduction world) : IClassFixture<HealthyProduction>, IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [SkippableFact]
    public void A_suspension_is_in_force_until_it_is_resumed_or_undone()
    {
        using var shell = OpenShell();
        var incident = shell.Get<Incident>("New-Incident -Title 'Pool' -Severity P2")[0].Id;

        var paused = shell.Get<PoolChangeResult>("Suspend-ConnectionPool malaria_prediction -Patience 1m -Confirm:$false")[0];
        var inForce = shell.Get<Mitigation>("Get-Mitigation -State InForce")[0];
        shell.Run("Suspend-ConnectionPool reporting -Confirm:$false | Out-Default");
        var undone = shell.Get<PoolChangeResult>("Get-Mitigation -State InForce | Where-Object { $_.Changes[0].Object -like '*reporting*' } | Undo-Mitigation -Confirm:$false")[0];
        var resumed = shell.Get<PoolChangeResult>("Resume-ConnectionPool -Confirm:$false")[0];

        Assert.True(paused.Paused);
        Assert.Equal((incident, paused.MitigationId, MitigationKind.PoolSuspension), (inForce.Incident, inForce.Id, inForce.Kind));
        Assert.Contains("reporting", shell.Host.Shown, StringComparison.Ordinal);
        Assert.Equal(("reporting", false), (undone.Database, undone.Paused));
        Assert.Equal(("malaria_prediction", false), (resumed.Database, resumed.Paused));
        Assert.Empty(shell.Get<Mitigation>("Get-Mitigation -State InForce"));
        Assert.Equal(2, shell.Get<Mitigation>("Get-Mitigation -State Undone").Count);
        var again = shell.Run("Resume-ConnectionPool -Confirm:$false");
        Assert.StartsWith("NothingToDo,", (again.Error ?? again.Errors.Single()).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.True(inForce.Temporary);
    }

    [SkippableFact]
    public void Every_pod_of_the_pooler_is_told()
    {
        using var shell = OpenShell();

        var told = shell.Get<PoolChangeResult>(
            "Reset-ConnectionPool -ReloadConfiguration -PoolerPods deployment/pgbouncer -Confirm:$false");

        Assert.Equal(2, told.Select(result => result.Pooler).Distinct().Count());
        Assert.All(told, result => Assert.Matches("^malaria-prediction-production/pgbouncer-.*:6432$", result.Pooler));
        Assert.All(told, result => Assert.Equal("Kubernetes API, inside it none", result.Encryption));
    }

    [SkippableFact]
    public void A_plan_is_carried_out_as_it_is()
    {
        using var shell = OpenShell();
        var path = Path.Combine(_store.Folder, "pause.json");

        var outcome = shell.Run($"Suspend-ConnectionPool reporting -PlanPath '{path}' | Out-Null; Suspend-ConnectionPool -Plan '{path}' -Confirm:$false; Resume-ConnectionPool reporting -Confirm:$false");

        Assert.Null(outcome.Error);
        Assert.Equal([true, false], outcome.Output.Select(item => ((PoolChangeResult)item.BaseObject).Paused!.Value));
    }

    private Shell OpenShell()
    {
        Servers.Require(world.HasPooler, "PgBouncer");
        return world.OpenShell();
    }
}
