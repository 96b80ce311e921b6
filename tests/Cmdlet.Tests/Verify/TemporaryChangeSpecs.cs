using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Verify;

/// <summary>An incident does not end over a change that was meant to end before it.</summary>
[Collection(TemporaryStore.Name)]
public sealed class TemporaryChangeSpecs(HealthyProduction world) : IClassFixture<HealthyProduction>, IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    public void Dispose()
    {
        _shell.Run("Set-Incident -Status Investigating; Get-Mitigation -State InForce | Undo-Mitigation -NoWait -Confirm:$false");
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void A_temporary_change_is_put_back_or_kept_by_name_and_with_a_reason()
    {
        _shell.Get<Incident>("New-Incident one");
        var id = _shell.Get<DeploymentChangeResult>("Set-ServiceDegradation -DisableFeature ML_PREDICTIONS -NoWait -Confirm:$false")[0].MitigationId;

        var refused = _shell.Run("Close-Incident -Force -Reason 'it is over'");
        var error = refused.Error ?? refused.Errors[0];
        Assert.StartsWith("MitigationStillInForce,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(id, error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains($"Undo-Mitigation {id}", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("ArgumentInvalid", _shell.FailureOf($"Close-Incident -KeepMitigation {id} -Force"));

        var closed = _shell.Get<Incident>($"Close-Incident -Force -KeepMitigation {id} -Reason 'off until Monday' -PassThru")[0];
        Assert.Equal(IncidentStatus.Closed, closed.Status);
        Assert.Contains($"kept on purpose: {id}", _shell.Get<IncidentEvent>("Get-IncidentTimeline")[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_closes_it_sees_what_is_in_force()
    {
        _shell.Get<Incident>("New-Incident one");
        var id = _shell.Get<DeploymentChangeResult>("Set-ServiceDegradation -DisableFeature ML_PREDICTIONS -NoWait -Confirm:$false")[0].MitigationId;
        Assert.Null(_shell.Run("Close-Incident -WhatIf").Error);
        Assert.Contains($"{id} in force, meant to be temporary: Degrade malaria-predictor-api", _shell.Host.Shown, StringComparison.Ordinal);
    }
}
