using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>
/// What one pod of a template asks for and may use, as quotas and the scheduler count it: with the defaults that the server would write
/// into it, since most templates leave some away.
/// </summary>
internal sealed class PodNeeds
{
    private PodNeeds(IReadOnlyDictionary<string, decimal> requests, IReadOnlyDictionary<string, decimal> limits) => (Requests, Limits) = (requests, limits);

    public IReadOnlyDictionary<string, decimal> Requests { get; }
    public IReadOnlyDictionary<string, decimal> Limits { get; }

    public static PodNeeds Of(PodTemplate template, IReadOnlyList<JsonObject> limitRanges)
    {
        var spec = template.Content["spec"];
        var containers = spec.Items("containers").Select(container => ContainerNeeds.Of(container, limitRanges)).ToList();
        var started = new List<ContainerNeeds>();
        var before = new List<(ContainerNeeds Needs, int SidecarsBefore)>();
        foreach (var container in spec.Items("initContainers"))
        {
            var needs = ContainerNeeds.Of(container, limitRanges);
            if (container.Text("restartPolicy") == "Always")
            {
                started.Add(needs);
            }
            else
            {
                before.Add((needs, started.Count));
            }
        }

        var overhead = spec.Map("overhead").ToDictionary(pair => pair.Key, pair => Quantity.Of(JsonValue.Create(pair.Value))?.Value ?? 0, StringComparer.Ordinal);
        return new PodNeeds(Sum(needs => needs.Requests, true), Sum(needs => needs.Limits, false));

        // Containers together, or an init container with the sidecars before it, whichever is more.
        Dictionary<string, decimal> Sum(Func<ContainerNeeds, IReadOnlyDictionary<string, decimal>> of, bool withOverhead)
        {
            var sum = new Dictionary<string, decimal>(StringComparer.Ordinal);
            foreach (var (resource, amount) in containers.Concat(started).SelectMany(needs => of(needs)))
            {
                sum[resource] = sum.GetValueOrDefault(resource) + amount;
            }

            foreach (var (init, sidecars) in before)
            {
                foreach (var (resource, amount) in of(init))
                {
                    sum[resource] = Math.Max(sum.GetValueOrDefault(resource), amount + started.Take(sidecars).Sum(sidecar => of(sidecar).GetValueOrDefault(resource)));
                }
            }

            foreach (var (resource, amount) in overhead.Where(pair => withOverhead || sum.ContainsKey(pair.Key)))
            {
                sum[resource] = sum.GetValueOrDefault(resource) + amount;
            }

            return sum;
        }
    }

    /// <summary>What one such pod counts for in a quota, by the quota's own names.</summary>
    public IReadOnlyDictionary<string, decimal> InQuota()
    {
        var counts = new Dictionary<string, decimal>(StringComparer.Ordinal) { ["pods"] = 1, ["count/pods"] = 1 };
        foreach (var (resource, amount) in Requests)
        {
            counts[resource] = counts[$"requests.{resource}"] = amount;
        }

        foreach (var (resource, amount) in Limits)
        {
            counts[$"limits.{resource}"] = amount;
        }

        return counts;
    }
}
