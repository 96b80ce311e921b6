using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Slots;

/// <summary>Reads a service, the pods of its slots, and where its EndpointSlices lead.</summary>
internal sealed class ServiceReader : IPatchTarget<ServiceSnapshot>
{
    private readonly ClusterObjects objects;

    /// <exception cref="IncidentException">NameInvalid.</exception>
    public ServiceReader(ClusterConnection connection, string name, TimeSpan timeout)
    {
        objects = new ClusterObjects(connection, timeout);
        Name = KubernetesName.ValidateLabel(name, "service");
    }

    public string Name { get; }
    public string Namespace => objects.Namespace;
    public string Context => objects.Context;
    public string Place => $"service {Name} in namespace {Namespace}";
    /// <summary>The same at the beginning of a sentence.</summary>
    public string ThePlace => $"Service {Name} in namespace {Namespace}";

    private string Path => $"api/v1/namespaces/{Namespace}/services/{Name}";

    /// <summary>NameInvalid, and the failures of a kubeconfig.</summary>
    public static async Task<ServiceReader> OpenAsync(IClusterConnections connections, ResolvedScope scope, string service, CancellationToken cancellationToken) =>
        new(await connections.OpenAsync(scope, cancellationToken), service, scope.Timeout);

    /// <summary>ServiceNotFound, and the failures of the transport.</summary>
    public async Task<ServiceSnapshot> ReadAsync(CancellationToken cancellationToken) =>
        new(await objects.GetAsync($"Reading {Place}", Path, "Service", Name, cancellationToken));

    /// <summary>ObjectChanged for a failed test, OutcomeUnknown for a lost answer.</summary>
    public async Task<ServiceSnapshot> PatchAsync(JsonArray operations, CancellationToken cancellationToken) =>
        new(await objects.PatchAsync($"Changing {Place}", Path, Name, operations, cancellationToken));

    /// <summary>The pods that the selector would find with each of the two values.</summary>
    public async Task<(SlotPods First, SlotPods Second)> PodsAsync(ServiceSnapshot service, SlotPair slots, CancellationToken cancellationToken)
    {
        var selector = string.Join(',', service.Selector.Where(pair => pair.Key != slots.Key).Select(pair => $"{pair.Key}={pair.Value}")
            .Append($"{slots.Key} in ({slots.First},{slots.Second})"));
        var pods = await objects.ListAsync(
            $"Reading pods of {Place}", $"api/v1/namespaces/{Namespace}/pods?labelSelector={Uri.EscapeDataString(selector)}", Name, cancellationToken);
        return (Of(slots.First), Of(slots.Second));

        SlotPods Of(string slot) => new(slot, [.. pods.Where(pod => pod.Text("metadata", "labels", slots.Key) == slot)]);
    }

    /// <summary>Where the service leads now, by its EndpointSlices.</summary>
    public async Task<IReadOnlyList<SliceEndpoint>> EndpointsAsync(CancellationToken cancellationToken)
    {
        var slices = await objects.ListAsync(
            $"Reading endpoint slices of {Place}",
            $"apis/discovery.k8s.io/v1/namespaces/{Namespace}/endpointslices?labelSelector={Uri.EscapeDataString($"kubernetes.io/service-name={Name}")}",
            Name,
            cancellationToken);
        // A service with two address families has two slices with the same pods; an endpoint without a pod is somebody's own, and no slot's.
        return [.. slices
            .SelectMany(slice => slice.Items("endpoints"))
            .Where(endpoint => endpoint.Text("targetRef", "kind") == "Pod")
            .GroupBy(endpoint => endpoint.Text("targetRef", "uid") ?? "", StringComparer.Ordinal)
            .Select(pod => new SliceEndpoint(pod.Key, pod.All(endpoint => endpoint.Text("conditions", "ready") != "false")))];
    }
}
