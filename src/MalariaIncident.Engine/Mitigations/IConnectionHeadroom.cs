using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>How many connections the database has left for more pods; implemented by the adapter for the database.</summary>
internal interface IConnectionHeadroom
{
    /// <summary>
    /// What the environment's database shows now. SettingMissing where none is named; else the failures of the adapter, none of which a
    /// change of the cluster must fail for.
    /// </summary>
    Task<DatabaseRoom> ReadAsync(ResolvedScope scope, IReadOnlyCollection<string> podAddresses, IReadOnlyCollection<string> applications, CancellationToken cancellationToken);
}

/// <summary>Connections of a database server, and how many the pods in question hold of them.</summary>
internal sealed record DatabaseRoom
{
    /// <summary><c>host:port</c>.</summary>
    public required string Server { get; init; }
    public required int Maximum { get; init; }
    public required int Used { get; init; }
    /// <summary>Kept for superusers and roles with reserved connections.</summary>
    public required int Reserved { get; init; }
    /// <summary>The most that one of the pods' addresses holds; null where none of them is connected.</summary>
    public int? MostOfOnePod { get; init; }
    /// <summary>Connections of applications called like the workload, whatever address they come from.</summary>
    public int OfApplication { get; init; }

    public int Free => Math.Max(0, Maximum - Reserved - Used);
}
