using System.Text.Json.Nodes;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>The resize subresource of pods: other resources for containers that run, and nothing else (pkg/registry/core/pod/strategy.go).</summary>
internal sealed class PodResizes(ClusterStore store)
{
    /// <summary>False is a server from before Kubernetes 1.33.</summary>
    public bool Available { get; set; } = true;

    /// <summary>The pod as it is, with the resources of the wish: what else was sent is passed over, as the server does.</summary>
    public static JsonObject Restrict(JsonObject before, JsonObject wish)
    {
        var result = (JsonObject)before.DeepClone();
        if (wish["metadata"]?["resourceVersion"] is { } version) result["metadata"]!["resourceVersion"] = version.DeepClone();
        if (wish["metadata"]?["uid"] is { } uid) result["metadata"]!["uid"] = uid.DeepClone();
        var wished = (wish["spec"]?["containers"] as JsonArray ?? []).OfType<JsonObject>().ToDictionary(container => (string?)container["name"] ?? "", StringComparer.Ordinal);
        foreach (var container in ((JsonArray)result["spec"]!["containers"]!).OfType<JsonObject>())
            if (wished.TryGetValue((string?)container["name"] ?? "", out var other)) container["resources"] = other["resources"]?.DeepClone();
        return result;
    }

    /// <summary>What is refused although each container by itself is sound.</summary>
    public void Check(StoredObject stored, V1Pod after)
    {
        var before = stored.As<V1Pod>();
        for (var index = 0; index < after.Spec.Containers.Count; index++)
        {
            Kept(before.Spec.Containers[index].Resources?.Limits, after.Spec.Containers[index].Resources?.Limits, "limits");
            Kept(before.Spec.Containers[index].Resources?.Requests, after.Spec.Containers[index].Resources?.Requests, "requests");

            void Kept(IDictionary<string, ResourceQuantity>? was, IDictionary<string, ResourceQuantity>? now, string list)
            {
                if (was?.Keys.All(resource => now?.ContainsKey(resource) == true) == false)
                    throw ApiException.Invalid(ResourceKinds.Pods, stored.Name, $"spec.containers[{index}].resources.{list}", "FieldValueForbidden", $"Forbidden: resource {list} cannot be removed");
            }
        }
        if (IsGuaranteed(before) != IsGuaranteed(after))
            throw ApiException.Invalid(ResourceKinds.Pods, stored.Name, "spec", "FieldValueInvalid",
                $"Invalid value: \"{(IsGuaranteed(before) ? "Guaranteed" : "Burstable")}\": Pod QOS Class may not change as a result of resizing");
        var node = store.Find(ResourceKinds.Nodes, "", after.Spec.NodeName ?? "")?.As<V1Node>()
            ?? throw new ApiException(403, "Forbidden", $"pods \"{stored.Name}\" is forbidden: node \"{after.Spec.NodeName}\" not found");
        foreach (var resource in (string[])["cpu", "memory"])
        {
            var requested = after.Spec.Containers.Sum(container => container.Resources?.Requests?.TryGetValue(resource, out var amount) == true ? amount.ToDecimal() : 0);
            var has = node.Status.Allocatable[resource].ToDecimal();
            if (requested > has)
                throw new ApiException(403, "Forbidden",
                    $"pods \"{stored.Name}\" is forbidden: node didn't have enough allocatable resources: {resource}, requested: {requested:0}, allocatable: {has:0}");
        }
    }

    private static bool IsGuaranteed(V1Pod pod) => pod.Spec.Containers.All(container => ((string[])["cpu", "memory"]).All(resource =>
        container.Resources?.Limits?.TryGetValue(resource, out var limit) == true
        && container.Resources.Requests?.TryGetValue(resource, out var request) == true && request.ToDecimal() == limit.ToDecimal()));
}
