using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>Scheduling, and what follows when a node falls silent: its pods are not ready, then evicted.</summary>
internal sealed class Nodes(ClusterStore store, EventRecorder events, Pace pace)
{
    /// <summary>Marks nodes that no pod of the simulation is put on.</summary>
    public const string SceneryLabel = "sandbox.malaria-incident/scenery";
    private const string SlowAnnotation = "sandbox.malaria-incident/slow";

    public bool IsReady(string name) =>
        Find(name)?.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    public bool IsSlow(string name) => Find(name)?.Metadata.Annotations?.ContainsKey(SlowAnnotation) == true;

    public string Address(string name) => Find(name)?.Status?.Addresses?.FirstOrDefault(address => address.Type == "InternalIP")?.Address ?? "127.0.0.1";

    public void SetSlow(string name, bool slow) => store.Update<V1Node>(ResourceKinds.Nodes, "", name, node =>
    {
        node.Metadata.Annotations ??= new Dictionary<string, string>();
        if (slow) node.Metadata.Annotations[SlowAnnotation] = "true";
        else node.Metadata.Annotations.Remove(SlowAnnotation);
        var pressure = node.Status.Conditions.First(condition => condition.Type == "DiskPressure");
        if (pressure.Status != (slow ? "True" : "False")) pressure.LastTransitionTime = store.Now;
        (pressure.Status, pressure.Reason, pressure.Message) = slow
            ? ("True", "KubeletHasDiskPressure", "kubelet has disk pressure")
            : ("False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure");
    });

    public void SetReady(string name, bool ready)
    {
        var node = store.Update<V1Node>(ResourceKinds.Nodes, "", name, node =>
        {
            foreach (var condition in node.Status.Conditions.Where(condition => condition.Type == "Ready"))
            {
                condition.LastTransitionTime = store.Now;
                (condition.Status, condition.Reason, condition.Message) = ready
                    ? ("True", "KubeletReady", "kubelet is posting ready status")
                    : ("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.");
            }
            node.Spec.Taints = ready ? null : [new() { Key = "node.kubernetes.io/unreachable", Effect = "NoExecute", TimeAdded = store.Now }];
        });
        if (node is null) return;
        events.Record(node.Typed, "Normal", ready ? "NodeReady" : "NodeNotReady", $"Node {name} status is now: {(ready ? "NodeReady" : "NodeNotReady")}", ready ? "kubelet" : "node-controller");
    }

    /// <summary>Gives a waiting pod the ready node with the fewest pods.</summary>
    public void Schedule(V1Pod pod, IReadOnlyList<V1Pod> all)
    {
        var candidates = store.All<V1Node>(ResourceKinds.Nodes).Where(node => node.Spec?.Unschedulable != true && IsReady(node.Metadata.Name)
            && node.Metadata.Labels?.Keys.Any(label => label is SceneryLabel or "node-role.kubernetes.io/control-plane") != true).ToList();
        var looked = candidates.Select(node => (Node: node, Lacks: Lacks(node, pod, all))).ToList();
        var fitting = looked.Where(entry => entry.Lacks is null).Select(entry => entry.Node).ToList();
        if (fitting.Count == 0)
        {
            if (pod.Status?.Conditions?.Any(condition => condition.Type == "PodScheduled") == true) return;
            var message = candidates.Count == 0 ? "0/0 nodes are available: no node is ready."
                : $"0/{candidates.Count} nodes are available: {string.Join(", ", looked.GroupBy(entry => entry.Lacks).Select(group => $"{group.Count()} {group.Key}"))}.";
            events.Record(pod, "Warning", "FailedScheduling", message, "default-scheduler");
            store.Update<V1Pod>(ResourceKinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name,
                copy => (copy.Status ??= new()).Set("PodScheduled", false, store.Now, "Unschedulable", message));
            return;
        }
        var target = fitting.MinBy(node => (all.Count(other => other.Spec.NodeName == node.Metadata.Name), node.Metadata.Name))!.Metadata.Name;
        store.Update<V1Pod>(ResourceKinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, copy =>
        {
            copy.Spec.NodeName = target;
            (copy.Status ??= new()).Set("PodScheduled", true, store.Now);
        });
        events.Record(pod, "Normal", "Scheduled", $"Successfully assigned {pod.Metadata.NamespaceProperty}/{pod.Metadata.Name} to {target}", "default-scheduler");
    }

    /// <summary>A pod on a silent node: no longer ready, and after the toleration of five minutes evicted.</summary>
    public DateTimeOffset? Desert(V1Pod pod)
    {
        if (Find(pod.Spec.NodeName) is not { } node || IsReady(node.Metadata.Name)) return null;
        var ns = pod.Metadata.NamespaceProperty;
        if (pod.IsReady())
        {
            store.Update<V1Pod>(ResourceKinds.Pods, ns, pod.Metadata.Name, copy => copy.Status.Set("Ready", false, store.Now));
            events.Record(pod, "Warning", "NodeNotReady", "Node is not ready", "node-controller");
        }
        if (pod.Metadata.DeletionTimestamp is not null) return null;
        var due = (node.Spec.Taints?.FirstOrDefault(taint => taint.Effect == "NoExecute")?.TimeAdded ?? store.Now) + pace.Eviction;
        if (store.Now < due) return new DateTimeOffset(due);
        events.Record(pod, "Normal", "TaintManagerEviction", $"Marking for deletion Pod {ns}/{pod.Metadata.Name}", "taint-eviction-controller");
        store.Update<V1Pod>(ResourceKinds.Pods, ns, pod.Metadata.Name, copy =>
        {
            copy.Metadata.DeletionTimestamp = store.Now.AddSeconds(copy.Spec.TerminationGracePeriodSeconds ?? 30);
            copy.Metadata.DeletionGracePeriodSeconds = copy.Spec.TerminationGracePeriodSeconds ?? 30;
        });
        return null;
    }

    /// <summary>What a node has too little of, in the scheduler's words; null where the pod fits.</summary>
    private static string? Lacks(V1Node node, V1Pod pod, IReadOnlyList<V1Pod> all)
    {
        var here = all.Where(other => other.Spec.NodeName == node.Metadata.Name && other.IsActive()).Select(other => QuotaController.Of(other.Spec)).ToList();
        foreach (var (resource, amount) in QuotaController.Of(pod.Spec))
            if (node.Status.Allocatable.TryGetValue(resource, out var has) && here.Sum(other => other.GetValueOrDefault(resource)) + amount > has.ToDecimal())
                return resource == "pods" ? "Too many pods" : $"Insufficient {resource}";
        return null;
    }

    private V1Node? Find(string? name) => name is null ? null : store.Find(ResourceKinds.Nodes, "", name)?.As<V1Node>();
}
