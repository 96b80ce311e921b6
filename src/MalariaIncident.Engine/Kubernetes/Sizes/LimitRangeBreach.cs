using System.Globalization;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>What limit ranges have against a template, as their admission plugin would say it of each of its pods.</summary>
internal static class LimitRangeBreach
{
    public static IReadOnlyList<string> Of(IReadOnlyList<JsonObject> limitRanges, PodTemplate template)
    {
        var containers = template.Containers.Select(container => ContainerNeeds.Of(container, limitRanges)).ToList();
        var pod = PodNeeds.Of(template, limitRanges);
        var breaches = new List<string>();
        foreach (var range in limitRanges)
        {
            var name = range.Text("metadata", "name") ?? "";
            foreach (var rule in range.Items("spec", "limits"))
            {
                switch (rule.Text("type"))
                {
                    case "Container":
                        breaches.AddRange(containers.SelectMany(container => Against(rule, $"container {container.Name}", container.Requests, container.Limits)).Select(Named));
                        break;
                    case "Pod":
                        breaches.AddRange(Against(rule, "a pod", pod.Requests, pod.Limits).Select(Named));
                        break;
                }
            }

            string Named(string what) => $"limit range {name} {what}";
        }

        return breaches;
    }

    private static IEnumerable<string> Against(JsonObject rule, string who, IReadOnlyDictionary<string, decimal> requests, IReadOnlyDictionary<string, decimal> limits)
    {
        foreach (var (resource, most) in ContainerNeeds.Amounts(rule["max"]))
        {
            if (!limits.TryGetValue(resource, out var limit))
            {
                yield return $"wants a {resource} limit, and {who} has none";
            }
            else if (limit > most)
            {
                yield return $"allows {who} at most {Quantity.InWords(resource, most)} of {resource}, and it would have {Quantity.InWords(resource, limit)}";
            }
        }

        foreach (var (resource, least) in ContainerNeeds.Amounts(rule["min"]))
        {
            if (!requests.TryGetValue(resource, out var request) || request < least)
            {
                yield return $"wants {who} to request at least {Quantity.InWords(resource, least)} of {resource}, and it would request {Quantity.InWords(resource, request)}";
            }
        }

        foreach (var (resource, most) in ContainerNeeds.Amounts(rule["maxLimitRequestRatio"]))
        {
            var request = requests.GetValueOrDefault(resource);
            if (request > 0 && limits.TryGetValue(resource, out var limit) && limit / request > most)
            {
                yield return $"allows {who} a {resource} limit of {Number(most)} times its request of {Quantity.InWords(resource, request)}, and {Quantity.InWords(resource, limit)} is {Number(limit / request)} times";
            }
        }
    }

    private static string Number(decimal number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
