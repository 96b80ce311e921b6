namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>A rollback of the same deployment that the journal knows, and that was not undone.</summary>
internal sealed record PastRollback(
    string MitigationId, DateTimeOffset Time, IReadOnlyDictionary<string, string> FromImages, string FromReplicaSet, string ToReplicaSet);
