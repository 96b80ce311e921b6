using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>The resources that the containers of a pod really have: those of its spec, as soon as the node has room for them.</summary>
internal sealed class ContainerSizes(ClusterStore store)
{
    private const string Pending = "PodResizePending";

    /// <summary>True where the pod's status does not show what there is to say.</summary>
    public bool IsStale(V1Pod pod) =>
        pod.Spec.Containers.Any(container => Status(pod, container.Name) is { } status && !Same(status.Resources, container.Resources))
        && (Lacks(pod) is null || !IsDeferred(pod));

    /// <summary>Writes what the containers have into a status that is about to be stored.</summary>
    public void Write(V1Pod before, V1PodStatus status)
    {
        var changes = before.Spec.Containers.Any(container => Status(before, container.Name) is { Resources: not null } known && !Same(known.Resources, container.Resources));
        var lacks = changes ? Lacks(before) : null;
        foreach (var container in status.ContainerStatuses)
        {
            var wanted = before.Spec.Containers.First(candidate => candidate.Name == container.Name).Resources;
            var known = Status(before, container.Name)?.Resources;
            container.Resources = lacks is not null && known is not null ? known : Copy(wanted);
            container.AllocatedResources = container.Resources?.Requests;
        }
        if (lacks is not null) status.Set(Pending, true, store.Now, "Deferred", lacks);
        else if (status.Conditions?.FirstOrDefault(condition => condition.Type == Pending) is { } over) status.Conditions.Remove(over);
    }

    private static bool IsDeferred(V1Pod pod) => pod.Status?.Conditions?.Any(condition => condition is { Type: Pending, Status: "True" }) == true;

    private string? Lacks(V1Pod pod)
    {
        if (store.Find(ResourceKinds.Nodes, "", pod.Spec.NodeName ?? "")?.As<V1Node>() is not { } node) return null;
        var others = store.All<V1Pod>(ResourceKinds.Pods).Where(other => other.Spec.NodeName == pod.Spec.NodeName && other.Metadata.Uid != pod.Metadata.Uid && other.IsActive())
            .Select(other => QuotaController.Of(other.Spec)).ToList();
        foreach (var (resource, amount) in QuotaController.Of(pod.Spec).Where(pair => pair.Key is "cpu" or "memory"))
            if (others.Sum(other => other.GetValueOrDefault(resource)) is var used && used + amount > node.Status.Allocatable[resource].ToDecimal())
                return $"Node didn't have enough resource: {resource}, requested: {amount:0}, used: {used:0}, capacity: {node.Status.Allocatable[resource].ToDecimal():0}";
        return null;
    }

    private static V1ContainerStatus? Status(V1Pod pod, string container) => pod.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == container);

    private static V1ResourceRequirements? Copy(V1ResourceRequirements? resources) =>
        resources is null ? null : new() { Limits = resources.Limits, Requests = resources.Requests };

    private static bool Same(V1ResourceRequirements? one, V1ResourceRequirements? other) => Same(one?.Limits, other?.Limits) && Same(one?.Requests, other?.Requests);

    private static bool Same(IDictionary<string, ResourceQuantity>? one, IDictionary<string, ResourceQuantity>? other) =>
        (one?.Count ?? 0) == (other?.Count ?? 0) && (one ?? new Dictionary<string, ResourceQuantity>()).All(pair => other!.TryGetValue(pair.Key, out var amount) && amount.ToString() == pair.Value.ToString());
}
