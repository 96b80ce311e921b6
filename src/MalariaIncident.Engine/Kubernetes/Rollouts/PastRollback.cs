namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>A rollback of the same deployment that stands, or the undoing of one, as the journal knows it.</summary>
internal sealed record PastRollback(string MitigationId, DateTimeOffset Time, IReadOnlyDictionary<string, string> FromImages, string ToReplicaSet)
{
    /// <summary>It went forward again: that says nothing against what it left.</summary>
    public bool IsUndo { get; init; }
}
