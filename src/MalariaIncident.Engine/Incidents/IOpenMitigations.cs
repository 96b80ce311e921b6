namespace MalariaIncident.Engine.Incidents;

/// <summary>
/// Asked before an incident is closed: its mitigations that are open, in force or unknown. Implemented by the ledger of
/// mitigations.
/// </summary>
internal interface IOpenMitigations
{
    Task<IReadOnlyList<Mitigation>> ListAsync(string incident, CancellationToken cancellationToken);
}
