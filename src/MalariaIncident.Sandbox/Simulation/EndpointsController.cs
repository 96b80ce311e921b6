using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Requests;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>Services → Endpoints and EndpointSlices, from the readiness of the pods that the selector finds.</summary>
internal sealed class EndpointsController(ClusterStore store)
{
    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);

    public void Reconcile(V1Service service)
    {
        if (service.Spec.Selector is not { Count: > 0 }) return;
        var (ns, name) = (service.Metadata.NamespaceProperty, service.Metadata.Name);
        var pods = store.List(ResourceKinds.Pods, ns, out _).Where(pod => LabelSelector.Matches(service.Spec.Selector, pod.Labels)).Select(pod => pod.As<V1Pod>())
            .Where(pod => pod.IsActive() && pod.Status?.PodIP is not null).ToList();
        var seen = $"{service.Metadata.ResourceVersion}:{string.Join(',', pods.Select(pod => $"{pod.Metadata.Uid}{pod.IsReady()}"))}";
        if (_seen.GetValueOrDefault(service.Metadata.Uid) == seen) return;
        _seen[service.Metadata.Uid] = seen;
        WriteEndpoints(service, ns, name, pods);
        WriteSlice(service, ns, name, pods);
    }

    private void WriteEndpoints(V1Service service, string ns, string name, List<V1Pod> pods)
    {
        var ports = service.Spec.Ports.Select(port => new Corev1EndpointPort { Name = port.Name, Port = Target(port, pods), Protocol = port.Protocol ?? "TCP" }).ToList();
        var (ready, unready) = (pods.Where(PodConditions.IsReady).Select(Address).ToList(), pods.Where(pod => !pod.IsReady()).Select(Address).ToList());
        IList<V1EndpointSubset>? subsets = pods.Count == 0
            ? null
            : [new() { Addresses = ready.Count > 0 ? ready : null, NotReadyAddresses = unready.Count > 0 ? unready : null, Ports = ports }];
        if (store.Update<V1Endpoints>(ResourceKinds.Endpoints, ns, name, copy => copy.Subsets = subsets) is null)
            store.Add(ResourceKinds.Endpoints, new V1Endpoints { Metadata = new() { Name = name, NamespaceProperty = ns, Labels = service.Metadata.Labels }, Subsets = subsets });
    }

    private void WriteSlice(V1Service service, string ns, string name, List<V1Pod> pods)
    {
        var endpoints = pods.Select(pod => new V1Endpoint
        {
            Addresses = [pod.Status.PodIP],
            Conditions = new() { Ready = pod.IsReady(), Serving = pod.IsReady(), Terminating = false },
            NodeName = pod.Spec.NodeName,
            TargetRef = Reference(pod),
        }).ToList();
        var ports = service.Spec.Ports.Select(port => new Discoveryv1EndpointPort { Name = port.Name ?? "", Port = Target(port, pods), Protocol = port.Protocol ?? "TCP" }).ToList();
        var known = store.List(ResourceKinds.EndpointSlices, ns, out _).FirstOrDefault(slice => slice.Labels.GetValueOrDefault("kubernetes.io/service-name") == name);
        if (known is not null)
        {
            store.Update<V1EndpointSlice>(ResourceKinds.EndpointSlices, ns, known.Name, copy => (copy.Endpoints, copy.Ports) = (endpoints, ports));
            return;
        }
        store.Add(ResourceKinds.EndpointSlices, new V1EndpointSlice
        {
            Metadata = new()
            {
                GenerateName = name + "-",
                NamespaceProperty = ns,
                Labels = new Dictionary<string, string>
                {
                    ["kubernetes.io/service-name"] = name,
                    ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io",
                },
                OwnerReferences = [PodConditions.Owner(service)],
            },
            AddressType = "IPv4",
            Endpoints = endpoints,
            Ports = ports,
        });
    }

    private static int Target(V1ServicePort port, List<V1Pod> pods)
    {
        var text = port.TargetPort?.Value;
        if (string.IsNullOrEmpty(text)) return port.Port;
        if (int.TryParse(text, out var number)) return number;
        return pods.SelectMany(pod => pod.Spec.Containers).SelectMany(container => container.Ports ?? []).FirstOrDefault(named => named.Name == text)?.ContainerPort ?? port.Port;
    }

    private static V1EndpointAddress Address(V1Pod pod) => new() { Ip = pod.Status.PodIP, NodeName = pod.Spec.NodeName, TargetRef = Reference(pod) };

    private static V1ObjectReference Reference(V1Pod pod) =>
        new() { Kind = "Pod", Name = pod.Metadata.Name, NamespaceProperty = pod.Metadata.NamespaceProperty, Uid = pod.Metadata.Uid };
}
