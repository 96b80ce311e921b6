using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;

namespace Engine.Tests.Kubernetes.Sizes;

/// <summary>A database with as much room as the test says.</summary>
internal sealed class FakeHeadroom : IConnectionHeadroom
{
    public DatabaseRoom? Room { get; set; }
    public IncidentException Failure { get; set; } = new(FailureKind.SettingMissing, "No database is named.");
    public IReadOnlyCollection<string> Addresses { get; private set; } = [];

    public Task<DatabaseRoom> ReadAsync(
        ResolvedScope scope, IReadOnlyCollection<string> podAddresses, IReadOnlyCollection<string> applications, CancellationToken cancellationToken)
    {
        Addresses = podAddresses;
        return Room is null ? Task.FromException<DatabaseRoom>(Failure) : Task.FromResult(Room);
    }
}
