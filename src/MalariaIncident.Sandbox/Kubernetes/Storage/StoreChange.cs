namespace MalariaIncident.Sandbox.Kubernetes.Storage;

internal enum ChangeType { Added, Modified, Deleted }

/// <summary>One entry of the history that watches read.</summary>
/// <param name="Version">The resource version that the change has.</param>
/// <param name="Object">The object after the change; for a deletion its last state.</param>
/// <param name="Before">The object before a modification: a watch with a selector must know whether it matched.</param>
internal sealed record StoreChange(long Version, ChangeType Type, StoredObject Object, StoredObject? Before);
