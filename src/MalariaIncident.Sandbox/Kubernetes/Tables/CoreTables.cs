using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Tables;

internal static class CoreTables
{
    private const int EndpointsShown = 3;

    public static readonly TableColumns Namespaces = new([new("Name", Format: "name"), new("Status"), new("Age")],
        stored => [stored.Name, stored.As<V1Namespace>().Status?.Phase ?? "Active", new AgeCell(stored.CreatedAt)]);

    public static readonly TableColumns ConfigMaps = new([new("Name", Format: "name"), new("Data"), new("Age")],
        stored => [stored.Name, (stored.As<V1ConfigMap>().Data?.Count ?? 0) + (stored.As<V1ConfigMap>().BinaryData?.Count ?? 0), new AgeCell(stored.CreatedAt)]);

    public static readonly TableColumns Secrets = new([new("Name", Format: "name"), new("Type"), new("Data"), new("Age")],
        stored => [stored.Name, stored.As<V1Secret>().Type ?? "Opaque", stored.As<V1Secret>().Data?.Count ?? 0, new AgeCell(stored.CreatedAt)]);

    public static readonly TableColumns ResourceQuotas = new([new("Name", Format: "name"), new("Request"), new("Limit"), new("Age")],
        stored =>
        {
            var quota = stored.As<V1ResourceQuota>();
            string Shares(bool limits) => string.Join(", ", quota.Spec.Hard.Where(pair => pair.Key.StartsWith("limits.", StringComparison.Ordinal) == limits)
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{pair.Key}: {(quota.Status?.Used?.TryGetValue(pair.Key, out var used) == true ? used.ToString() : "0")}/{pair.Value}"));
            return [stored.Name, Shares(limits: false), Shares(limits: true), new AgeCell(stored.CreatedAt)];
        });

    public static readonly TableColumns Leases = new([new("Name", Format: "name"), new("Holder"), new("Age")],
        stored => [stored.Name, stored.As<V1Lease>().Spec?.HolderIdentity ?? "", new AgeCell(stored.CreatedAt)]);

    public static readonly TableColumns Services = new(
        [new("Name", Format: "name"), new("Type"), new("Cluster-IP"), new("External-IP"), new("Port(s)"), new("Age"), new("Selector", Priority: 1)],
        stored =>
        {
            var spec = stored.As<V1Service>().Spec;
            return
            [
                stored.Name, spec.Type ?? "ClusterIP", spec.ClusterIP ?? "<none>", "<none>",
                string.Join(',', (spec.Ports ?? []).Select(port => $"{port.Port}{(port.NodePort is > 0 ? ":" + port.NodePort : "")}/{port.Protocol ?? "TCP"}")),
                new AgeCell(stored.CreatedAt), Pairs(spec.Selector),
            ];
        });

    public static readonly TableColumns Endpoints = new([new("Name", Format: "name"), new("Endpoints"), new("Age")],
        stored =>
        {
            var all = (stored.As<V1Endpoints>().Subsets ?? []).SelectMany(subset => (subset.Addresses ?? [])
                .SelectMany(address => (subset.Ports ?? []).Select(port => $"{address.Ip}:{port.Port}"))).ToArray();
            var text = string.Join(',', all.Take(EndpointsShown)) + (all.Length > EndpointsShown ? $" + {all.Length - EndpointsShown} more..." : "");
            return [stored.Name, text.Length == 0 ? "<none>" : text, new AgeCell(stored.CreatedAt)];
        });

    public static readonly TableColumns EndpointSlices = new(
        [new("Name", Format: "name"), new("AddressType"), new("Ports"), new("Endpoints"), new("Age")],
        stored =>
        {
            var slice = stored.As<V1EndpointSlice>();
            var ports = string.Join(',', (slice.Ports ?? []).Select(port => port.Port));
            var addresses = string.Join(',', (slice.Endpoints ?? []).SelectMany(endpoint => endpoint.Addresses).Take(EndpointsShown));
            return [stored.Name, slice.AddressType, ports.Length == 0 ? "<unset>" : ports, addresses.Length == 0 ? "<unset>" : addresses, new AgeCell(stored.CreatedAt)];
        });

    public static readonly TableColumns Events = new(
    [
        new("Last Seen"), new("Type"), new("Reason"), new("Object"), new("Subobject", Priority: 1), new("Source", Priority: 1), new("Message"),
        new("First Seen", Priority: 1), new("Count", Priority: 1), new("Name", Priority: 1, Format: "name"),
    ],
        stored =>
        {
            var entry = stored.As<Corev1Event>();
            var first = entry.FirstTimestamp ?? entry.EventTime;
            var source = entry.Source?.Host is { Length: > 0 } host ? $"{entry.Source.Component}, {host}" : entry.Source?.Component ?? "";
            return
            [
                new AgeCell(entry.LastTimestamp ?? first), entry.Type ?? "", entry.Reason ?? "", $"{entry.InvolvedObject.Kind.ToLowerInvariant()}/{entry.InvolvedObject.Name}",
                entry.InvolvedObject.FieldPath ?? "", source, entry.Message?.Trim() ?? "", new AgeCell(first), Math.Max(1, entry.Count ?? 1), stored.Name,
            ];
        });

    private static string Pairs(IDictionary<string, string>? pairs) => pairs is { Count: > 0 }
        ? string.Join(',', pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))
        : "<none>";
}
