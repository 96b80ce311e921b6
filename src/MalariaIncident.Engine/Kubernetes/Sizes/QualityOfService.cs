using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>The class by which a node chooses whom to evict first (pkg/apis/core/v1/helper/qos).</summary>
internal static class QualityOfService
{
    public const string Guaranteed = "Guaranteed";
    public const string Burstable = "Burstable";
    public const string BestEffort = "BestEffort";

    private static readonly string[] Counted = ["cpu", "memory"];

    public static string Of(JsonNode? podSpec)
    {
        var needs = podSpec.Items("containers").Concat(podSpec.Items("initContainers")).Select(container => ContainerNeeds.Of(container, [])).ToList();
        return needs.TrueForAll(container => Counted.All(resource => !container.Requests.ContainsKey(resource) && !container.Limits.ContainsKey(resource))) ? BestEffort
            : needs.TrueForAll(container => Counted.All(resource =>
                container.Limits.TryGetValue(resource, out var limit) && container.Requests.GetValueOrDefault(resource) == limit)) ? Guaranteed
            : Burstable;
    }
}
