using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>Requests and limits of a container as its pods will have them.</summary>
internal sealed record ContainerNeeds(string Name, IReadOnlyDictionary<string, decimal> Requests, IReadOnlyDictionary<string, decimal> Limits)
{
    /// <summary>
    /// A missing request is the limit where one is given (pkg/apis/core/v1/defaults.go), and only then the limit range's default
    /// (plugin/pkg/admission/limitranger).
    /// </summary>
    public static ContainerNeeds Of(JsonObject container, IReadOnlyList<JsonObject> limitRanges)
    {
        var limits = Amounts(container.At("resources", "limits"));
        var requests = Amounts(container.At("resources", "requests"));
        foreach (var (resource, limit) in limits)
        {
            requests.TryAdd(resource, limit);
        }

        foreach (var rule in limitRanges.SelectMany(range => range.Items("spec", "limits")).Where(rule => rule.Text("type") == "Container"))
        {
            foreach (var (resource, amount) in Amounts(rule["defaultRequest"] ?? rule["default"]))
            {
                requests.TryAdd(resource, amount);
            }

            foreach (var (resource, amount) in Amounts(rule["default"]))
            {
                limits.TryAdd(resource, amount);
            }
        }

        return new ContainerNeeds(PodTemplate.ContainerName(container), requests, limits);
    }

    public static Dictionary<string, decimal> Amounts(JsonNode? map) => (map as JsonObject ?? [])
        .Select(pair => (pair.Key, Amount: Quantity.Of(pair.Value)))
        .Where(pair => pair.Amount is not null)
        .ToDictionary(pair => pair.Key, pair => pair.Amount!.Value, StringComparer.Ordinal);
}
