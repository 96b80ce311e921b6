using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>What was changed, by incident; and what comes down a pipeline twice is put back once.</summary>
[Collection(TemporaryStore.Name)]
public sealed class GetMitigationSpecs(HealthyProduction world) : IClassFixture<HealthyProduction>, IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    public void Dispose()
    {
        _shell.Run("Get-Mitigation -State InForce | Undo-Mitigation -NoWait -Force -Confirm:$false");
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Incidents_are_chosen_by_wildcards_as_everywhere()
    {
        var scaled = Assert.Single(_shell.Get<DeploymentChangeResult>("$id = (New-Incident one).Id; Set-ServiceScale -Replicas 4 -NoWait -Confirm:$false -WarningAction Ignore"));
        _shell.Run("$other = (New-Incident two).Id; Use-Incident $id");

        foreach (var incident in new[] { "$id", "$id.ToLower()", "'INC-*-000[1-3]'", "'INC-?0*', $other", "(Get-Incident $id)", "(Get-Incident)" })
        {
            Assert.Equal(scaled.MitigationId, Assert.Single(_shell.Get<Mitigation>($"Get-Mitigation -Incident ({incident})")).Id);
        }

        Assert.Equal(scaled.MitigationId, Assert.Single(_shell.Get<Mitigation>("Get-Incident | Get-Mitigation")).Id);
        Assert.Equal(scaled.MitigationId, Assert.Single(_shell.Get<Mitigation>("Get-Mitigation | Get-Mitigation")).Id);
        Assert.Empty(_shell.Get<Mitigation>("Get-Mitigation -Incident $other, 'INC-1999-*'"));
        Assert.Equal("IncidentNotFound", _shell.FailureOf("Get-Mitigation -Incident INC-1999-0001"));
    }

    [Fact]
    public void What_comes_down_the_pipeline_twice_is_put_back_once()
    {
        _shell.Run("$first = (New-Incident one).Id; Set-ServiceDegradation -DisableFeature EXPORT -NoWait -Confirm:$false; $second = (New-Incident two).Id");
        Assert.Single(_shell.Get<DeploymentChangeResult>("[pscustomobject]@{ Incident = $first }, [pscustomobject]@{ Incident = $second } | Set-ServiceDegradation -Restore -NoWait -Confirm:$false"));

        _shell.Run("Set-ServiceScale -Replicas 4 -NoWait -Confirm:$false -WarningAction Ignore");
        Assert.Single(_shell.Get<DeploymentChangeResult>("$scaled = Get-Mitigation -State InForce; $scaled, $scaled | Undo-Mitigation -NoWait -Confirm:$false"));
    }
}
