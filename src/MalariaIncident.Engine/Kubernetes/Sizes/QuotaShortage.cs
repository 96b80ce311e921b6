using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>A resource quota that does not allow what a change needs.</summary>
internal sealed record QuotaShortage(string Quota, string Resource, decimal Hard, decimal Used, decimal Needed)
{
    public string InWords =>
        $"resource quota {Quota} allows {Quantity.InWords(Resource, Hard)} of {Resource}, {Quantity.InWords(Resource, Used)} are used, and {Quantity.InWords(Resource, Needed)} more would be needed";

    /// <summary>
    /// Quotas that take no pod of a template at all: one that counts a request or limit wants it of every container, init containers too.
    /// </summary>
    public static IReadOnlyList<string> Unspecified(IReadOnlyList<JsonObject> quotas, PodTemplate template, IReadOnlyList<JsonObject> limitRanges)
    {
        var spec = template.Content["spec"];
        var containers = spec.Items("containers").Concat(spec.Items("initContainers")).Select(container => ContainerNeeds.Of(container, limitRanges)).ToList();
        return
        [
            .. quotas.Where(quota => QuotaScopes.Count(quota, template)).SelectMany(quota => ContainerNeeds.Amounts(quota.At("spec", "hard")).Keys
                .Select(resource => (Resource: resource, Lacking: containers.Where(container => Lacks(container, resource)).Select(container => container.Name).ToList()))
                .Where(entry => entry.Lacking.Count > 0)
                .Select(entry => $"resource quota {quota.Text("metadata", "name")} wants {entry.Resource} of every container, and {string.Join(", ", entry.Lacking)} {(entry.Lacking.Count == 1 ? "says" : "say")} none")),
        ];
    }

    private static bool Lacks(ContainerNeeds container, string resource) => resource switch
    {
        "cpu" or "memory" => !container.Requests.ContainsKey(resource),
        "requests.cpu" or "requests.memory" => !container.Requests.ContainsKey(resource["requests.".Length..]),
        "limits.cpu" or "limits.memory" => !container.Limits.ContainsKey(resource["limits.".Length..]),
        _ => false,
    };

    /// <summary>How many more of these fit.</summary>
    public int Fits(decimal each) => each <= 0 ? int.MaxValue : (int)Math.Max(0, Math.Floor((Hard - Used) / each));

    /// <summary>The shortages of an additional need, by the quotas' own names of resources.</summary>
    public static IReadOnlyList<QuotaShortage> Of(IReadOnlyList<JsonObject> quotas, PodTemplate template, IReadOnlyDictionary<string, decimal> more)
    {
        var shortages = new List<QuotaShortage>();
        foreach (var quota in quotas.Where(quota => QuotaScopes.Count(quota, template)))
        {
            var used = ContainerNeeds.Amounts(quota.At("status", "used"));
            foreach (var (resource, hard) in ContainerNeeds.Amounts(quota.At("status", "hard") ?? quota.At("spec", "hard")))
            {
                var needed = more.GetValueOrDefault(resource);
                if (needed > 0 && used.GetValueOrDefault(resource) + needed > hard)
                {
                    shortages.Add(new QuotaShortage(quota.Text("metadata", "name") ?? "", resource, hard, used.GetValueOrDefault(resource), needed));
                }
            }
        }

        return shortages;
    }
}
