using k8s;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>Counts what a namespace uses of its resource quotas, and refuses the pods that would be too many, in the words of the admission plugin.</summary>
internal sealed class QuotaController(ClusterStore store)
{
    public void Reconcile(V1ResourceQuota quota)
    {
        var ns = quota.Metadata.NamespaceProperty;
        var used = Used(quota, ns);
        if (quota.Status?.Used is { } known && quota.Status.Hard is { } counted && Same(known, used) && Same(counted, quota.Spec.Hard)) return;
        store.Update<V1ResourceQuota>(ResourceKinds.ResourceQuotas, ns, quota.Metadata.Name, copy => copy.Status = new() { Hard = copy.Spec.Hard, Used = used });
    }

    /// <summary>Null where there is room for one more pod; else why not.</summary>
    public string? Refuses(IKubernetesObject<V1ObjectMeta> owner, V1PodTemplateSpec template)
    {
        var ns = owner.Metadata.NamespaceProperty;
        var one = Of(template.Spec);
        foreach (var quota in store.All<V1ResourceQuota>(ResourceKinds.ResourceQuotas, ns))
        {
            var used = Used(quota, ns);
            var over = quota.Spec.Hard.Where(pair => one.TryGetValue(pair.Key, out var amount) && used[pair.Key].ToDecimal() + amount > pair.Value.ToDecimal()).ToList();
            if (over.Count == 0) continue;
            string List(Func<string, string> value) => string.Join(',', over.Select(pair => $"{pair.Key}={value(pair.Key)}"));
            return $"pods \"{owner.Metadata.Name}-\" is forbidden: exceeded quota: {quota.Metadata.Name}, requested: {List(key => Text(key, one[key]))}, used: {List(key => used[key].ToString())}, limited: {List(key => quota.Spec.Hard[key].ToString())}";
        }
        return null;
    }

    private Dictionary<string, ResourceQuantity> Used(V1ResourceQuota quota, string ns)
    {
        var needs = store.All<V1Pod>(ResourceKinds.Pods, ns).Where(pod => pod.Status?.Phase is not ("Failed" or "Succeeded")).Select(pod => Of(pod.Spec)).ToList();
        return quota.Spec.Hard.Keys.ToDictionary(
            key => key, key => new ResourceQuantity(Text(key, needs.Sum(need => need.GetValueOrDefault(key)))), StringComparer.Ordinal);
    }

    /// <summary>What a pod counts for, by the names that quotas use.</summary>
    public static Dictionary<string, decimal> Of(V1PodSpec spec)
    {
        var counts = new Dictionary<string, decimal>(StringComparer.Ordinal) { ["pods"] = 1 };
        void Add(string key, ResourceQuantity amount) => counts[key] = counts.GetValueOrDefault(key) + amount.ToDecimal();
        foreach (var resources in spec.Containers.Select(container => container.Resources).OfType<V1ResourceRequirements>())
        {
            var limits = resources.Limits ?? new Dictionary<string, ResourceQuantity>();
            var requests = new Dictionary<string, ResourceQuantity>(resources.Requests ?? new Dictionary<string, ResourceQuantity>());
            foreach (var (resource, limit) in limits)
            {
                Add("limits." + resource, limit);
                requests.TryAdd(resource, limit);
            }
            foreach (var (resource, request) in requests)
            {
                Add(resource, request);
                Add("requests." + resource, request);
            }
        }
        return counts;
    }

    private static string Text(string key, decimal amount) =>
        key.EndsWith("memory", StringComparison.Ordinal) && amount % (1024 * 1024) == 0 ? $"{amount / (1024 * 1024):0}Mi"
        : amount == decimal.Truncate(amount) ? $"{amount:0}" : $"{amount * 1000:0}m";

    private static bool Same(IDictionary<string, ResourceQuantity> one, IDictionary<string, ResourceQuantity> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var amount) && amount.ToDecimal() == pair.Value.ToDecimal());
}
