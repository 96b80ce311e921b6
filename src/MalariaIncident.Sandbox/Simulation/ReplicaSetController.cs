using k8s;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>ReplicaSets and StatefulSets → pods.</summary>
internal sealed class ReplicaSetController(ClusterStore store, EventRecorder events, QuotaController quotas)
{
    public void Reconcile(V1ReplicaSet set)
    {
        var ns = set.Metadata.NamespaceProperty;
        var pods = Owned(ns, set.Metadata.Uid);
        var active = pods.Where(pod => pod.IsActive()).ToList();
        var wanted = set.Spec.Replicas ?? 0;
        string? refused = null;
        for (var count = active.Count; count < wanted; count++)
        {
            refused = quotas.Refuses(set, set.Spec.Template);
            if (refused is not null) break;
            var pod = Create(set, set.Spec.Template, set.Metadata.Name + "-" + store.Suffix(5));
            events.Record(set, "Normal", "SuccessfulCreate", $"Created pod: {pod}", "replicaset-controller");
        }
        // The pods that serve least go first: not ready before ready, young before old.
        foreach (var pod in active.OrderBy(pod => pod.Spec.NodeName is not null).ThenBy(pod => pod.IsReady()).ThenByDescending(pod => pod.Metadata.CreationTimestamp)
            .Take(Math.Max(0, active.Count - wanted)))
        {
            End(pod);
            events.Record(set, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}", "replicaset-controller");
        }
        active = [.. Owned(ns, set.Metadata.Uid).Where(pod => pod.IsActive())];
        var ready = active.Count(pod => pod.IsReady());
        var failure = set.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "ReplicaFailure");
        if (refused is not null && failure?.Message != refused) events.Record(set, "Warning", "FailedCreate", "Error creating: " + refused, "replicaset-controller");
        if (set.Status is { } known && known.Replicas == active.Count && (known.ReadyReplicas ?? 0) == ready && known.ObservedGeneration == set.Metadata.Generation
            && failure?.Message == refused) return;
        store.Update<V1ReplicaSet>(ResourceKinds.ReplicaSets, ns, set.Metadata.Name, copy => copy.Status = new()
        {
            Replicas = active.Count,
            FullyLabeledReplicas = active.Count > 0 ? active.Count : null,
            ReadyReplicas = ready > 0 ? ready : null,
            AvailableReplicas = ready > 0 ? ready : null,
            ObservedGeneration = copy.Metadata.Generation,
            Conditions = refused is null ? null
                : [new() { Type = "ReplicaFailure", Status = "True", Reason = "FailedCreate", Message = refused, LastTransitionTime = failure?.LastTransitionTime ?? store.Now }],
        });
    }

    public void Reconcile(V1StatefulSet set)
    {
        var ns = set.Metadata.NamespaceProperty;
        var wanted = set.Spec.Replicas ?? 1;
        for (var ordinal = 0; ordinal < wanted; ordinal++)
        {
            var name = $"{set.Metadata.Name}-{ordinal}";
            if (store.Find(ResourceKinds.Pods, ns, name) is not null) continue;
            Create(set, set.Spec.Template, name, new() { ["statefulset.kubernetes.io/pod-name"] = name, ["apps.kubernetes.io/pod-index"] = ordinal.ToString() });
            events.Record(set, "Normal", "SuccessfulCreate", $"create Pod {name} in StatefulSet {set.Metadata.Name} successful", "statefulset-controller");
        }
        var pods = Owned(ns, set.Metadata.Uid);
        var ready = pods.Count(pod => pod.IsReady());
        if (set.Status is { } known && known.Replicas == pods.Count && (known.ReadyReplicas ?? 0) == ready) return;
        store.Update<V1StatefulSet>(ResourceKinds.StatefulSets, ns, set.Metadata.Name, copy => copy.Status = new()
        {
            Replicas = pods.Count,
            CurrentReplicas = pods.Count,
            UpdatedReplicas = pods.Count,
            ReadyReplicas = ready > 0 ? ready : null,
            AvailableReplicas = ready,
            ObservedGeneration = copy.Metadata.Generation,
        });
    }

    public void End(V1Pod pod) => store.Update<V1Pod>(ResourceKinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, copy =>
    {
        copy.Metadata.DeletionTimestamp ??= store.Now.AddSeconds(copy.Spec.TerminationGracePeriodSeconds ?? 30);
        copy.Metadata.DeletionGracePeriodSeconds ??= copy.Spec.TerminationGracePeriodSeconds ?? 30;
    });

    private List<V1Pod> Owned(string ns, string uid) => [.. store.All<V1Pod>(ResourceKinds.Pods, ns).Where(pod => pod.IsOwnedBy(uid))];

    private string Create(IKubernetesObject<V1ObjectMeta> owner, V1PodTemplateSpec source, string name, Dictionary<string, string>? more = null)
    {
        var template = PodTemplates.Copy(source);
        var labels = new Dictionary<string, string>(template.Metadata?.Labels ?? new Dictionary<string, string>());
        foreach (var (label, value) in more ?? []) labels[label] = value;
        store.Add(ResourceKinds.Pods, new V1Pod
        {
            Metadata = new()
            {
                Name = name,
                GenerateName = owner.Metadata.Name + "-",
                NamespaceProperty = owner.Metadata.NamespaceProperty,
                Labels = labels,
                Annotations = template.Metadata?.Annotations,
                OwnerReferences = [PodConditions.Owner(owner)],
            },
            Spec = template.Spec,
            Status = new() { Phase = "Pending", QosClass = "Burstable" },
        });
        return name;
    }
}
