namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Everything the choice of a rollback target rests on, as it was read at one moment.</summary>
internal sealed record RollbackFacts
{
    public required DeploymentSnapshot Deployment { get; init; }
    /// <summary>Newest number first.</summary>
    public required IReadOnlyList<Revision> Revisions { get; init; }
    public required LivePeriods Periods { get; init; }
    public required DateTimeOffset Now { get; init; }
    public DateTimeOffset? IncidentStartedAt { get; init; }
    /// <summary>The container whose image decides; null where all do, because nothing tells which is the application's or no revision differs in it.</summary>
    public string? Container { get; init; }
    /// <summary>The application's container; null where nothing tells which of several it is.</summary>
    public string? Application { get; init; }
    /// <summary>ReplicaSet → what its pods suffer from now.</summary>
    public IReadOnlyDictionary<string, string> Failing { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
    /// <summary>ReplicaSet → what events still tell of its pods.</summary>
    public IReadOnlyDictionary<string, string> FailedBefore { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
    public IReadOnlyList<PastRollback> Rollbacks { get; init; } = [];
    /// <summary>What could not be read.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The revision whose template the deployment has now; null until the controller has made its ReplicaSet.</summary>
    public Revision? Current => Revisions.FirstOrDefault(revision => revision.Template.Fingerprint == Deployment.Template.Fingerprint);

    /// <summary>The end of what counts as "before the incident".</summary>
    public DateTimeOffset Until => IncidentStartedAt ?? Now;

    /// <summary>True where the last thing the journal knows of it is that undoing a rollback brought it back.</summary>
    public bool RevivedByUndo(Revision revision) => Rollbacks.FirstOrDefault(past => past.ToReplicaSet == revision.ReplicaSet) is { IsUndo: true };

    public string InWords(Revision revision) => revision.Template.InWords(Container ?? Application);

    public bool SameImage(IReadOnlyDictionary<string, string> images, IReadOnlyDictionary<string, string> others) =>
        Container is not null && images.TryGetValue(Container, out var one) && others.TryGetValue(Container, out var other)
            ? one == other
            : images.Count == others.Count && images.All(pair => others.GetValueOrDefault(pair.Key) == pair.Value);
}
