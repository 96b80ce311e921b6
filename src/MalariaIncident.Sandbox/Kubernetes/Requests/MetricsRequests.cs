using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Simulation;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>metrics.k8s.io: what a pod uses is a function of its uid, what a node uses is the sum of its pods.</summary>
internal sealed class MetricsRequests(ClusterStore store)
{
    public Task Answer(ApiCall call, ApiPath path)
    {
        var labels = LabelSelector.Parse(call.Query("labelSelector"));
        var kind = path.Resource == "nodes" ? ResourceKinds.Nodes : ResourceKinds.Pods;
        if (path.Name is not null)
        {
            var one = store.Find(kind, path.Namespace ?? "", path.Name) ?? throw NotFound(path);
            return call.Answer(Measure(one, Usage()) ?? throw NotFound(path));
        }
        var usage = Usage();
        var items = new JsonArray();
        foreach (var stored in store.List(kind, path.Namespace, out _).Where(stored => labels.Matches(stored.Labels)))
            if (Measure(stored, usage) is { } item) items.Add(item);
        return call.Answer(new JsonObject
        {
            ["kind"] = kind == ResourceKinds.Nodes ? "NodeMetricsList" : "PodMetricsList",
            ["apiVersion"] = "metrics.k8s.io/v1beta1",
            ["metadata"] = new JsonObject(),
            ["items"] = items,
        });

        Dictionary<string, (long Milli, long Mebi)> Usage() => kind == ResourceKinds.Nodes ? ByNode() : [];
    }

    private static ApiException NotFound(ApiPath path) => new(404, "NotFound", $"{(path.Resource == "nodes" ? "nodemetrics" : "podmetrics")}.metrics.k8s.io \"{path.Name}\" not found",
        new() { ["name"] = path.Name, ["group"] = "metrics.k8s.io", ["kind"] = path.Resource });

    private Dictionary<string, (long Milli, long Mebi)> ByNode()
    {
        var sums = new Dictionary<string, (long Milli, long Mebi)>(StringComparer.Ordinal);
        foreach (var stored in store.List(ResourceKinds.Pods, null, out _))
        {
            var usage = Remember(stored);
            if (usage.Node is null) continue;
            var (milli, mebi) = sums.GetValueOrDefault(usage.Node, (180, 1400));
            sums[usage.Node] = (milli + usage.Milli, mebi + usage.Mebi);
        }
        return sums;
    }

    /// <summary>What a pod uses; remembered, since it costs a look at the whole pod.</summary>
    public static PodUsage Remember(StoredObject stored)
    {
        if (stored.Usage is PodUsage known) return known;
        var pod = stored.As<V1Pod>();
        var containers = Running(pod).Select(status => Usage(pod, status.Name)).ToList();
        var usage = new PodUsage(pod.Spec.NodeName, containers.Sum(container => container.Milli), containers.Sum(container => container.Mebi));
        stored.Usage = usage;
        return usage;
    }

    private JsonObject? Measure(StoredObject stored, Dictionary<string, (long Milli, long Mebi)> nodes)
    {
        var measured = new JsonObject
        {
            ["kind"] = stored.Kind == ResourceKinds.Nodes ? "NodeMetrics" : "PodMetrics",
            ["apiVersion"] = "metrics.k8s.io/v1beta1",
            ["metadata"] = new JsonObject
            {
                ["name"] = stored.Name,
                ["creationTimestamp"] = Rfc3339.ToSecond(store.Now),
                ["labels"] = new JsonObject(stored.Labels.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            },
            ["timestamp"] = Rfc3339.ToSecond(store.Now),
            ["window"] = "15s",
        };
        if (stored.Namespace.Length > 0) measured["metadata"]!["namespace"] = stored.Namespace;
        if (stored.Typed is V1Node node)
        {
            // A silent node is not measured.
            if (node.Status.Conditions.All(condition => condition is not { Type: "Ready", Status: "True" })) return null;
            measured["usage"] = Quantities(nodes.GetValueOrDefault(stored.Name, (180, 1400)));
            return measured;
        }
        var pod = stored.As<V1Pod>();
        var running = Running(pod).ToList();
        if (running.Count == 0 || !pod.IsActive()) return null;
        measured["containers"] = new JsonArray([.. running.Select(status => new JsonObject { ["name"] = status.Name, ["usage"] = Quantities(Usage(pod, status.Name)) })]);
        return measured;
    }

    private static IEnumerable<V1ContainerStatus> Running(V1Pod pod) => (pod.Status?.ContainerStatuses ?? []).Where(status => status.State?.Running is not null);

    private static (long Milli, long Mebi) Usage(V1Pod pod, string container)
    {
        var seed = long.Parse(pod.Metadata.Uid.AsSpan(0, 7), NumberStyles.HexNumber, CultureInfo.InvariantCulture) + container.Length;
        return (5 + (seed % 200), 32 + (seed / 7 % 480));
    }

    private static JsonObject Quantities((long Milli, long Mebi) usage) => new() { ["cpu"] = $"{usage.Milli}m", ["memory"] = $"{usage.Mebi * 1024}Ki" };
}

/// <summary>What a pod uses in all, and where.</summary>
internal sealed record PodUsage(string? Node, long Milli, long Mebi);
