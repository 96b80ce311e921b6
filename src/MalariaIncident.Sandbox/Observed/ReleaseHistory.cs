using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.World;

namespace MalariaIncident.Sandbox.Observed;

/// <summary>Which release of the application was live when, read from the cluster as it stands.</summary>
internal sealed class ReleaseHistory(ClusterStore store)
{
    private const string RevisionAnnotation = "deployment.kubernetes.io/revision";

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<LiveRelease> Read()
    {
        var deployment = store.Find(ResourceKinds.Deployments, ProductionNames.Namespace, ProductionNames.Deployment)?.As<V1Deployment>();
        if (deployment is null) return [];
        var sets = store.All<V1ReplicaSet>(ResourceKinds.ReplicaSets, ProductionNames.Namespace)
            .Where(set => set.Metadata.OwnerReferences?.Any(owner => owner.Uid == deployment.Metadata.Uid) == true)
            .OrderBy(set => set.Metadata.CreationTimestamp)
            .ToList();
        if (sets.Count == 0) return [];
        var releases = sets.ConvertAll(set => new LiveRelease(set.Metadata.CreationTimestamp!.Value, Tag(set)));
        var current = sets.MaxBy(set => long.Parse(set.Metadata.Annotations[RevisionAnnotation]))!;
        // What was put back is older than what it replaced; when that happened stands in the deployment's condition.
        if (current != sets[^1] && deployment.Status.Conditions?.FirstOrDefault(condition => condition.Type == "Progressing") is { } progress)
            releases.Add(new(progress.LastUpdateTime ?? store.Now, Tag(current)));
        return releases;
    }

    private static string Tag(V1ReplicaSet set) =>
        set.Spec.Template.Spec.Containers.First(container => container.Name == ProductionNames.Container).Image.Split(':')[^1];
}

/// <param name="From">When it went live (UTC).</param>
/// <param name="Tag">Tag of its image.</param>
internal sealed record LiveRelease(DateTime From, string Tag);
