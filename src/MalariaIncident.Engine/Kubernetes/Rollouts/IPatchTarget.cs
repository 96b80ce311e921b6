using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>An object as one read showed it, with what a condition holds on to.</summary>
internal interface IStoredObject
{
    string Uid { get; }
    string ResourceVersion { get; }
}

/// <summary>One object of the cluster that a conditional patch can be sent to.</summary>
internal interface IPatchTarget<T>
    where T : IStoredObject
{
    string Name { get; }
    /// <summary>The object with its namespace, for the middle of a sentence.</summary>
    string Place { get; }
    Task<T> ReadAsync(CancellationToken cancellationToken);
    Task<T> PatchAsync(JsonArray operations, CancellationToken cancellationToken);
}
