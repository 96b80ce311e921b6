namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>A suspect pod and what was read about it.</summary>
internal sealed record PodDetail(PodRow Row, PodVerdict Verdict)
{
    /// <summary>Null where the bound of details was reached, or the pod was gone when it was read.</summary>
    public PodModel? Model { get; init; }

    /// <summary>Last lines of the container in trouble, its previous instance where that crashed.</summary>
    public IReadOnlyList<string> Log { get; init; } = [];

    /// <summary>True where the log is of an instance that has ended: it will not change.</summary>
    public bool LogIsFinal { get; init; }

    /// <summary>When the model was read.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>True where it was read at an earlier look.</summary>
    public bool IsRecalled { get; init; }

    /// <summary>The container that explains the pod's state: one that waits for a reason, else one that ended badly, else one that is not ready.</summary>
    public ContainerStatus? Trouble
    {
        get
        {
            List<ContainerStatus> all = [.. Model?.Status.InitContainerStatuses ?? [], .. Model?.Status.ContainerStatuses ?? []];
            return all.Find(one => one.State?.Waiting?.Reason is not (null or "ContainerCreating" or "PodInitializing"))
                ?? all.Find(one => one.State?.Terminated is { ExitCode: not 0 })
                ?? all.Where(one => one.LastState?.Terminated is not null).MaxBy(one => one.LastState!.Terminated!.FinishedAt)
                ?? all.Find(one => !one.Ready && one.State?.Terminated is null);
        }
    }

    /// <summary>What the container in trouble may have of memory, as it is written; null where it has no limit of its own.</summary>
    public string? MemoryLimit => Model?.Spec?.Containers?.Find(one => one.Name == Trouble?.Name)?.Resources?.Limits?.GetValueOrDefault("memory");

    public Condition? Unscheduled => Model?.Status.Conditions?.Find(one => one is { Type: "PodScheduled", Status: "False" });

    /// <summary>The deployment by the pod's own account: its ReplicaSet is called <c>deployment-templatehash</c>.</summary>
    public string? Deployment =>
        Model?.Metadata is { OwnerReferences: [{ Kind: "ReplicaSet", Name: var set }, ..], Labels: { } labels }
        && labels.TryGetValue("pod-template-hash", out string? hash)
        && set.EndsWith("-" + hash, StringComparison.Ordinal)
            ? set[..^(hash.Length + 1)]
            : null;

    public string? Owner => Model?.Metadata.OwnerReferences is [{ Kind: var kind }, ..] ? kind : null;
}
