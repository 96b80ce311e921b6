using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>Whether any node could hold a pod of a template at all, were it empty.</summary>
internal sealed class NodeRoom
{
    private static readonly string[] Compared = ["memory", "cpu"];

    private NodeRoom(IReadOnlyList<string> impossible, IReadOnlyList<string> doubtful) => (Impossible, Doubtful) = (impossible, doubtful);

    /// <summary>Requests that no node has.</summary>
    public IReadOnlyList<string> Impossible { get; }
    /// <summary>Limits that no node has: reached on none, and a node out of memory kills before.</summary>
    public IReadOnlyList<string> Doubtful { get; }

    /// <summary>Null where nodes may not be read.</summary>
    public static async Task<NodeRoom?> ReadAsync(DeploymentReader reader, PodTemplate template, PodNeeds needs, CancellationToken cancellationToken)
    {
        var nodes = await reader.Objects.ListIfReadableAsync("Reading nodes", "api/v1/nodes", reader.Name, cancellationToken);
        if (nodes is null)
        {
            return null;
        }

        var usable = nodes.Where(node => Takes(node, template)).Select(node => (Name: node.Text("metadata", "name") ?? "", Has: ContainerNeeds.Amounts(node.At("status", "allocatable")))).ToList();
        if (usable.Count == 0)
        {
            return new NodeRoom([], ["No node takes its pods at present (cordoned, not ready or tainted)."]);
        }

        var impossible = new List<string>();
        var doubtful = new List<string>();
        foreach (var resource in Compared)
        {
            var (name, has) = usable.Select(node => (node.Name, Amount: node.Has.GetValueOrDefault(resource))).MaxBy(node => node.Amount);
            if (needs.Requests.GetValueOrDefault(resource) is var request && request > has)
            {
                impossible.Add($"a pod would request {Quantity.InWords(resource, request)} of {resource}, and the largest node, {name}, has {Quantity.InWords(resource, has)}");
            }
            else if (needs.Limits.GetValueOrDefault(resource) is var limit && limit > has)
            {
                doubtful.Add($"No node has the {Quantity.InWords(resource, limit)} of {resource} that a pod might use now; the largest, {name}, has {Quantity.InWords(resource, has)}.");
            }
        }

        if (impossible.Count == 0 && usable.TrueForAll(node => Compared.Any(resource => needs.Requests.GetValueOrDefault(resource) > node.Has.GetValueOrDefault(resource))))
        {
            impossible.Add("no single node has both the memory and the processors that a pod would request");
        }

        return new NodeRoom(impossible, doubtful);
    }

    private static bool Takes(JsonObject node, PodTemplate template)
    {
        var spec = template.Content["spec"];
        var labels = node.Map("metadata", "labels");
        return node.Text("spec", "unschedulable") != "true"
            && node.Condition("Ready").Text("status") == "True"
            && spec.Map("nodeSelector").All(pair => labels.GetValueOrDefault(pair.Key) == pair.Value)
            && node.Items("spec", "taints").Where(taint => taint.Text("effect") is "NoSchedule" or "NoExecute").All(taint => spec.Items("tolerations").Any(toleration => Tolerates(toleration, taint)));
    }

    private static bool Tolerates(JsonObject toleration, JsonObject taint) =>
        (toleration.Text("key") is null or "" || toleration.Text("key") == taint.Text("key"))
        && (toleration.Text("effect") is null or "" || toleration.Text("effect") == taint.Text("effect"))
        && (toleration.Text("operator") == "Exists" || (toleration.Text("value") ?? "") == (taint.Text("value") ?? ""));
}
