using System.Text;
using k8s;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Requests;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Kubernetes.Tables;
using MalariaIncident.Sandbox.Simulation;

namespace MalariaIncident.Sandbox.World;

/// <summary>
/// The pods of other teams: as large as real ones, two in a hundred unhealthy in four ways, made by filling in a text. They are scenery:
/// nothing ever happens to them.
/// </summary>
internal sealed class BulkPods(ClusterStore store, HashSet<string> scenery)
{
    /// <summary>Namespaces that they are spread over.</summary>
    public const int Namespaces = 20;
    /// <summary>One pod in so many is unhealthy.</summary>
    public const int UnhealthyEvery = 50;
    /// <summary>In what way, one after the other.</summary>
    public static readonly string[] Faults = ["crash", "imagepull", "notready", "oom"];

    private static readonly string[] Holes = ["@name@", "@namespace@", "@node@", "@uid@", "@address@", "@version@", "@app@"];

    public static string? FaultOf(int pod) => pod % UnhealthyEvery == 0 ? Faults[pod / UnhealthyEvery % Faults.Length] : null;

    public void Load(int pods, int nodes, DateTimeOffset now)
    {
        var created = ClusterStore.Seconds(now.AddDays(-3));
        store.Load(ResourceKinds.Nodes, "", Enumerable.Range(1, nodes).Select(number => (Func<long, StoredObject>)(version =>
        {
            var node = NodeObjects.Node($"bulk-node-{number:d4}", number + 10, created);
            node.Metadata.CreationTimestamp = created;
            node.Metadata.Uid = store.NewUid();
            node.Metadata.Labels[Nodes.SceneryLabel] = "true";
            return new(ResourceKinds.Nodes, node, version);
        })));
        var templates = Faults.Prepend("").ToDictionary(fault => fault, fault => Template(fault, created), StringComparer.Ordinal);
        for (var space = 0; space < Namespaces; space++)
        {
            var ns = $"bulk-{space:d2}";
            scenery.Add(ns);
            store.Add(ResourceKinds.Namespaces, new V1Namespace
            {
                Metadata = new() { Name = ns, CreationTimestamp = created, Labels = new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = ns } },
                Status = new() { Phase = "Active" },
            });
            var offset = space;
            store.Load(ResourceKinds.Pods, ns, Enumerable.Range(0, (pods - space + Namespaces - 1) / Namespaces)
                .Select(index => (index * Namespaces) + offset)
                .Select(pod => (Func<long, StoredObject>)(version => Make(pod, ns, nodes, templates[FaultOf(pod) ?? ""], created, version))));
        }
        Parallel.ForEach(store.List(ResourceKinds.Pods, null, out _), stored =>
        {
            TableWriter.Cells(PodTable.Columns, stored);
            MetricsRequests.Remember(stored);
        });
    }

    private StoredObject Make(int pod, string ns, int nodes, string[] template, DateTime created, long version)
    {
        var app = $"service-{pod / Namespaces / 20:d4}";
        var (name, uid) = ($"{app}-6d5f7c9b8d-{pod:x5}", store.NewUid());
        string[] fillings = [name, ns, $"bulk-node-{(pod % nodes) + 1:d4}", uid, $"10.{128 + (pod >> 16)}.{pod >> 8 & 255}.{pod & 255}", version.ToString(), app];
        var text = new StringBuilder(6 * 1024);
        foreach (var part in template)
        {
            var hole = Array.IndexOf(Holes, part);
            text.Append(hole < 0 ? part : fillings[hole]);
        }
        var metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ns, Uid = uid, CreationTimestamp = created, Labels = Labels(app) };
        return new(ResourceKinds.Pods, metadata, Encoding.UTF8.GetBytes(text.ToString()), version);
    }

    /// <summary>The JSON of a pod, cut at its holes.</summary>
    private static string[] Template(string fault, DateTime created)
    {
        var pod = BulkPod.Make(fault, created, Labels("@app@"));
        var json = Encoding.UTF8.GetString(StoredObject.Serialize(ResourceKinds.Pods, pod));
        return [.. System.Text.RegularExpressions.Regex.Split(json, $"({string.Join('|', Holes)})", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Where(part => part.Length > 0)];
    }

    private static Dictionary<string, string> Labels(string app) => new()
    {
        ["app"] = app,
        ["app.kubernetes.io/name"] = app,
        ["app.kubernetes.io/part-of"] = "platform",
        ["pod-template-hash"] = "6d5f7c9b8d",
    };
}
