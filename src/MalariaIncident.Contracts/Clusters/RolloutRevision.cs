namespace MalariaIncident;

/// <summary>One revision of a deployment: a ReplicaSet and what is known of its life.</summary>
public sealed record RolloutRevision
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>Namespace.</summary>
    public required string Namespace { get; init; }
    /// <summary>Deployment.</summary>
    public required string Deployment { get; init; }
    /// <summary>Revision number, as kubectl rollout history counts.</summary>
    public required long Revision { get; init; }
    /// <summary>ReplicaSet.</summary>
    public required string ReplicaSet { get; init; }
    /// <summary>Hash of its pod template: what is really pinned.</summary>
    public required string TemplateHash { get; init; }
    /// <summary>True for the revision that the deployment runs now.</summary>
    public required bool Current { get; init; }
    /// <summary>Images, one per container: <c>name=image</c>.</summary>
    public required IReadOnlyList<string> Images { get; init; }
    /// <summary>When the ReplicaSet was created (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>How long it was the live revision, as far as the creation times of the others tell.</summary>
    public TimeSpan? LiveFor { get; init; }
    /// <summary>The change-cause annotation, if the team writes it.</summary>
    public string? Cause { get; init; }
    /// <summary>Pods wanted and ready now.</summary>
    public required int Replicas { get; init; }
    /// <summary>Pods ready now.</summary>
    public required int ReadyReplicas { get; init; }
    /// <summary>Differences to the current revision: image, environment, limits.</summary>
    public IReadOnlyList<PlannedChange> Changes { get; init; } = [];
    /// <summary>True for the revision an emergency rollback would choose now.</summary>
    public bool RollbackTarget { get; init; }
    /// <summary>Why it is, or is not.</summary>
    public string? Verdict { get; init; }
}
