namespace MalariaIncident.Engine;

/// <summary>
/// The composition root: every room is made when it is first entered, so that a command for Kubernetes never loads Npgsql.
/// Created by the module's load context by name.
/// </summary>
public sealed class EngineRooms : IEngine
{
    /// <inheritdoc/>
    public IIncidents Incidents => throw NotBuilt();
    /// <inheritdoc/>
    public IMitigations Mitigations => throw NotBuilt();
    /// <inheritdoc/>
    public IClusters Clusters => throw NotBuilt();
    /// <inheritdoc/>
    public IDatabases Databases => throw NotBuilt();
    /// <inheritdoc/>
    public IServices Services => throw NotBuilt();
    /// <inheritdoc/>
    public IRunbooks Runbooks => throw NotBuilt();
    /// <inheritdoc/>
    public IEnvironments Environments => throw NotBuilt();
    /// <inheritdoc/>
    public IReports Reports => throw NotBuilt();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static IncidentException NotBuilt() => new(FailureKind.EngineFailed, "This room of the engine does not exist yet.");
}
