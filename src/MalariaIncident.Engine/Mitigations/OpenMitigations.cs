using MalariaIncident.Engine.Incidents;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>What the closing of an incident has to know of the ledger.</summary>
internal sealed class OpenMitigations(MitigationLedger ledger) : IOpenMitigations
{
    public async Task<IReadOnlyList<Mitigation>> ListAsync(string incident, CancellationToken cancellationToken) =>
    [
        .. (await ledger.ReadAsync(cancellationToken)).Where(mitigation => mitigation.Incident == incident
            && mitigation.State is MitigationState.Open or MitigationState.InForce or MitigationState.Unknown),
    ];
}
