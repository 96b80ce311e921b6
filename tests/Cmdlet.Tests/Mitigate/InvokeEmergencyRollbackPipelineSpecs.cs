using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>Apart from the others, since the cluster is another one afterwards.</summary>
[Collection(TemporaryStore.Name)]
public sealed class InvokeEmergencyRollbackPipelineSpecs(BadRelease world) : IClassFixture<BadRelease>, IDisposable
{
    private const string Good = "registry.example/malaria-prediction-api:1.4.2";

    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void From_the_incident_down_the_pipeline_to_a_verified_service_and_back()
    {
        var result = Assert.Single(_shell.Get<DeploymentChangeResult>(
            "New-Incident -Title 'Prediction API returns 500' -UsersAffected 60 | Get-ClusterHealth | Invoke-EmergencyRollback -Wait -TimeoutSeconds 180 -Confirm:$false"));
        Assert.Equal((MitigationKind.Rollback, "malaria-prediction-production", "malaria-predictor-api"), (result.Kind, result.Namespace, result.Deployment));
        Assert.Equal((4L, 5L, Good, 3, true), (result.FromRevision, result.ToRevision, result.Image, result.ReadyReplicas, result.Verified));
        Assert.StartsWith("INC-", result.Incident, StringComparison.Ordinal);
        Assert.Equal("production", result.Environment);
        var kinds = _shell.Get<IncidentEvent>("Get-IncidentTimeline").Select(entry => entry.Kind).ToList();
        Assert.Equal([EventKind.ActionIntended, EventKind.ActionSucceeded, EventKind.Verified], kinds.Where(kind => kind is not (EventKind.Declared or EventKind.Checked)).Take(3));

        Assert.Equal("NothingToDo", _shell.FailureOf("Invoke-EmergencyRollback -Confirm:$false"));
        Assert.Equal("RevisionNotFound", _shell.FailureOf("Invoke-EmergencyRollback -ToRevision 99 -Confirm:$false"));

        var undone = Assert.Single(_shell.Get<DeploymentChangeResult>("Get-Mitigation -State InForce | Undo-Mitigation -NoWait -Confirm:$false"));
        Assert.Null(undone.Verified);
        Assert.Equal("registry.example/malaria-prediction-api:1.5.0", undone.Image);
        Assert.Equal(MitigationState.Undone, _shell.Get<Mitigation>($"Get-Mitigation {result.MitigationId}")[0].State);
    }
}
