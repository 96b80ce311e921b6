using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>
/// Deployments → ReplicaSets, with the revision numbers of the real controller: a template that was there before takes its old
/// ReplicaSet again, and that ReplicaSet gets the next number (pkg/controller/deployment).
/// </summary>
internal sealed class DeploymentController(ClusterStore store, EventRecorder events)
{
    public const string Revision = "deployment.kubernetes.io/revision";
    private const string Component = "deployment-controller";
    private const string History = "deployment.kubernetes.io/revision-history";
    private const string Desired = "deployment.kubernetes.io/desired-replicas";
    private const string Max = "deployment.kubernetes.io/max-replicas";

    /// <summary>Reconciles one deployment; the answer is when to look again at the latest.</summary>
    public DateTime? Reconcile(V1Deployment deployment)
    {
        var owned = Owned(deployment);
        if (deployment.Spec.Paused == true) return DeploymentStatus.Write(store, deployment, owned, Current(deployment, owned), false);
        var current = Current(deployment, owned);
        var last = owned.Where(set => set != current).Select(RevisionOf).DefaultIfEmpty().Max();
        var created = current is null;
        var name = current?.Metadata.Name ?? Create(deployment, PodTemplates.Identify(deployment.Spec.Template), last + 1);
        if (current is not null) Renumber(deployment, current, last + 1);
        var set = store.Find(ResourceKinds.ReplicaSets, deployment.Metadata.NamespaceProperty, name)!.As<V1ReplicaSet>();
        var revision = RevisionOf(set).ToString();
        if (deployment.Metadata.Annotations?.TryGetValue(Revision, out var known) != true || known != revision)
            store.Update<V1Deployment>(ResourceKinds.Deployments, deployment.Metadata.NamespaceProperty, deployment.Metadata.Name,
                copy => (copy.Metadata.Annotations ??= new Dictionary<string, string>())[Revision] = revision);
        owned = Owned(deployment);
        current = owned.First(candidate => candidate.Metadata.Name == name);
        if (!created) Roll(deployment, owned, current);
        owned = Owned(deployment);
        current = owned.First(candidate => candidate.Metadata.Name == name);
        CleanUp(deployment, owned, current);
        return DeploymentStatus.Write(store, deployment, owned, current, created);
    }

    public static long RevisionOf(V1ReplicaSet set) =>
        set.Metadata.Annotations?.TryGetValue(Revision, out var text) == true && long.TryParse(text, out var revision) ? revision : 0;

    private List<V1ReplicaSet> Owned(V1Deployment deployment) =>
        [.. store.All<V1ReplicaSet>(ResourceKinds.ReplicaSets, deployment.Metadata.NamespaceProperty).Where(set => set.IsOwnedBy(deployment.Metadata.Uid))];

    private static V1ReplicaSet? Current(V1Deployment deployment, List<V1ReplicaSet> owned)
    {
        var identity = PodTemplates.Identify(deployment.Spec.Template);
        return owned.OrderBy(set => set.Metadata.CreationTimestamp).FirstOrDefault(set => PodTemplates.Identify(set.Spec.Template) == identity);
    }

    private string Create(V1Deployment deployment, string identity, long revision)
    {
        var hash = PodTemplates.Hash(identity);
        var template = PodTemplates.Copy(deployment.Spec.Template);
        template.Metadata ??= new();
        (template.Metadata.Labels ??= new Dictionary<string, string>())[PodTemplates.HashLabel] = hash;
        var selector = new Dictionary<string, string>(deployment.Spec.Selector.MatchLabels) { [PodTemplates.HashLabel] = hash };
        var set = new V1ReplicaSet
        {
            Metadata = new()
            {
                Name = $"{deployment.Metadata.Name}-{hash}",
                NamespaceProperty = deployment.Metadata.NamespaceProperty,
                Labels = new Dictionary<string, string>(template.Metadata.Labels),
                Annotations = Annotations(deployment, revision, null),
                OwnerReferences = [PodConditions.Owner(deployment)],
            },
            Spec = new() { Replicas = 0, Selector = new() { MatchLabels = selector }, Template = template, MinReadySeconds = deployment.Spec.MinReadySeconds },
            Status = new() { Replicas = 0 },
        };
        store.Add(ResourceKinds.ReplicaSets, set);
        return set.Metadata.Name;
    }

    private void Renumber(V1Deployment deployment, V1ReplicaSet set, long revision)
    {
        var before = set.Metadata.Annotations ?? new Dictionary<string, string>();
        var wanted = Annotations(deployment, Math.Max(RevisionOf(set), revision), before);
        if (wanted.Count == before.Count && wanted.All(pair => before.TryGetValue(pair.Key, out var value) && value == pair.Value)) return;
        store.Update<V1ReplicaSet>(ResourceKinds.ReplicaSets, set.Metadata.NamespaceProperty, set.Metadata.Name, copy => copy.Metadata.Annotations = wanted);
    }

    /// <summary>What the deployment says (change-cause among it) is copied, the controller's own annotations are kept up.</summary>
    private static Dictionary<string, string> Annotations(V1Deployment deployment, long revision, IDictionary<string, string>? before)
    {
        var result = new Dictionary<string, string>(before ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var (name, value) in deployment.Metadata.Annotations ?? new Dictionary<string, string>())
            if (name is not (Revision or History or Desired or Max or "kubectl.kubernetes.io/last-applied-configuration")) result[name] = value;
        if (result.TryGetValue(Revision, out var old) && old != revision.ToString())
            result[History] = result.TryGetValue(History, out var history) ? $"{history},{old}" : old;
        result[Revision] = revision.ToString();
        var replicas = deployment.Spec.Replicas ?? 1;
        result[Desired] = replicas.ToString();
        result[Max] = (replicas + RollingLimits.Of(deployment).Surge).ToString();
        return result;
    }

    private void Roll(V1Deployment deployment, List<V1ReplicaSet> owned, V1ReplicaSet current)
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        var limits = RollingLimits.Of(deployment);
        var total = owned.Sum(set => set.Spec.Replicas ?? 0);
        var now = current.Spec.Replicas ?? 0;
        if (now > wanted)
        {
            Scale(deployment, current, wanted);
            return;
        }
        if (now < wanted)
        {
            var room = wanted + limits.Surge - total;
            if (room > 0)
            {
                Scale(deployment, current, now + Math.Min(room, wanted - now));
                return;
            }
        }
        var old = owned.Where(set => set != current && set.Spec.Replicas > 0).OrderBy(set => set.Metadata.CreationTimestamp).ToList();
        if (old.Count == 0) return;
        var unavailable = now - (current.Status?.AvailableReplicas ?? 0);
        var most = total - (wanted - limits.Unavailable) - unavailable;
        // Old pods that serve nobody go first: they cost no availability.
        foreach (var set in old)
        {
            if (most <= 0) break;
            var idle = Math.Min(most, (set.Spec.Replicas ?? 0) - (set.Status?.AvailableReplicas ?? 0));
            if (idle <= 0 || (set.Status?.Replicas ?? 0) < (set.Spec.Replicas ?? 0)) continue;
            Scale(deployment, set, (set.Spec.Replicas ?? 0) - idle);
            return;
        }
        var spare = owned.Sum(set => set.Status?.AvailableReplicas ?? 0) - (wanted - limits.Unavailable);
        foreach (var set in old)
        {
            if (spare <= 0) return;
            var fewer = Math.Min(spare, set.Spec.Replicas ?? 0);
            Scale(deployment, set, (set.Spec.Replicas ?? 0) - fewer);
            spare -= fewer;
        }
    }

    private void Scale(V1Deployment deployment, V1ReplicaSet set, int replicas)
    {
        var before = set.Spec.Replicas ?? 0;
        if (before == replicas) return;
        store.Update<V1ReplicaSet>(ResourceKinds.ReplicaSets, set.Metadata.NamespaceProperty, set.Metadata.Name, copy =>
        {
            copy.Spec.Replicas = replicas;
            copy.Metadata.Generation = (copy.Metadata.Generation ?? 0) + 1;
        });
        events.Record(deployment, "Normal", "ScalingReplicaSet",
            $"Scaled {(replicas > before ? "up" : "down")} replica set {set.Metadata.Name} from {before} to {replicas}", Component);
    }

    private void CleanUp(V1Deployment deployment, List<V1ReplicaSet> owned, V1ReplicaSet current)
    {
        var idle = owned.Where(set => set != current && set.Spec.Replicas == 0 && set.Status?.Replicas == 0).OrderBy(RevisionOf).ToList();
        foreach (var set in idle.Take(Math.Max(0, idle.Count - (deployment.Spec.RevisionHistoryLimit ?? 10))))
            if (store.Find(ResourceKinds.ReplicaSets, set.Metadata.NamespaceProperty, set.Metadata.Name) is { } stored) store.Remove(stored);
    }
}
