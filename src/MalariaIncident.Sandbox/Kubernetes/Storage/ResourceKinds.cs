using k8s.Models;

namespace MalariaIncident.Sandbox.Kubernetes.Storage;

/// <summary>Every kind that the sandbox serves. What is not here is answered with 404.</summary>
internal static class ResourceKinds
{
    private static readonly string[] Change = ["get", "patch", "update"];

    public static readonly ResourceKind Namespaces = ResourceKind.Of<V1Namespace>("", "v1", "Namespace", "namespaces",
        names => names with { Namespaced = false, ShortNames = ["ns"], Subresources = [new("status", "Namespace", Change)] });
    public static readonly ResourceKind Nodes = ResourceKind.Of<V1Node>("", "v1", "Node", "nodes",
        names => names with { Namespaced = false, ShortNames = ["no"], Subresources = [new("status", "Node", Change)] });
    public static readonly ResourceKind Pods = ResourceKind.Of<V1Pod>("", "v1", "Pod", "pods", names => names with
    {
        ShortNames = ["po"],
        Categories = ["all"],
        Subresources =
        [
            new("exec", "PodExecOptions", ["create", "get"]), new("log", "Pod", ["get"]),
            new("portforward", "PodPortForwardOptions", ["create", "get"]), new("resize", "Pod", Change), new("status", "Pod", Change),
        ],
    });
    public static readonly ResourceKind Services = ResourceKind.Of<V1Service>("", "v1", "Service", "services",
        names => names with { ShortNames = ["svc"], Categories = ["all"], Subresources = [new("status", "Service", Change)] });
    public static readonly ResourceKind Endpoints = ResourceKind.Of<V1Endpoints>("", "v1", "Endpoints", "endpoints",
        names => names with { ShortNames = ["ep"] });
    public static readonly ResourceKind Events = ResourceKind.Of<Corev1Event>("", "v1", "Event", "events",
        names => names with { ShortNames = ["ev"] });
    public static readonly ResourceKind ConfigMaps = ResourceKind.Of<V1ConfigMap>("", "v1", "ConfigMap", "configmaps",
        names => names with { ShortNames = ["cm"] });
    public static readonly ResourceKind Secrets = ResourceKind.Of<V1Secret>("", "v1", "Secret", "secrets");
    public static readonly ResourceKind ResourceQuotas = ResourceKind.Of<V1ResourceQuota>("", "v1", "ResourceQuota", "resourcequotas",
        names => names with { ShortNames = ["quota"], Subresources = [new("status", "ResourceQuota", Change)] });
    public static readonly ResourceKind LimitRanges = ResourceKind.Of<V1LimitRange>("", "v1", "LimitRange", "limitranges",
        names => names with { ShortNames = ["limits"] });
    public static readonly ResourceKind Deployments = ResourceKind.Of<V1Deployment>("apps", "v1", "Deployment", "deployments", names => names with
    {
        ShortNames = ["deploy"],
        Categories = ["all"],
        HasGeneration = true,
        Subresources = [new("scale", "Scale", Change, "autoscaling", "v1"), new("status", "Deployment", Change)],
    });
    public static readonly ResourceKind ReplicaSets = ResourceKind.Of<V1ReplicaSet>("apps", "v1", "ReplicaSet", "replicasets", names => names with
    {
        ShortNames = ["rs"],
        Categories = ["all"],
        HasGeneration = true,
        Subresources = [new("scale", "Scale", Change, "autoscaling", "v1"), new("status", "ReplicaSet", Change)],
    });
    public static readonly ResourceKind StatefulSets = ResourceKind.Of<V1StatefulSet>("apps", "v1", "StatefulSet", "statefulsets",
        names => names with { ShortNames = ["sts"], Categories = ["all"], HasGeneration = true, ReadOnly = true });
    public static readonly ResourceKind HorizontalPodAutoscalers = ResourceKind.Of<V2HorizontalPodAutoscaler>(
        "autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers",
        names => names with { ShortNames = ["hpa"], Categories = ["all"], Subresources = [new("status", "HorizontalPodAutoscaler", Change)] });
    public static readonly ResourceKind PodDisruptionBudgets = ResourceKind.Of<V1PodDisruptionBudget>("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets",
        names => names with { ShortNames = ["pdb"], HasGeneration = true, Subresources = [new("status", "PodDisruptionBudget", Change)] });
    public static readonly ResourceKind EndpointSlices = ResourceKind.Of<V1EndpointSlice>(
        "discovery.k8s.io", "v1", "EndpointSlice", "endpointslices");
    public static readonly ResourceKind Leases = ResourceKind.Of<V1Lease>("coordination.k8s.io", "v1", "Lease", "leases");

    public static readonly IReadOnlyList<ResourceKind> All =
    [
        Namespaces, Nodes, Pods, Services, Endpoints, Events, ConfigMaps, Secrets, ResourceQuotas, LimitRanges, Deployments, ReplicaSets, StatefulSets,
        HorizontalPodAutoscalers, PodDisruptionBudgets, EndpointSlices, Leases,
    ];

    public static ResourceKind? Find(string group, string version, string plural) =>
        All.FirstOrDefault(kind => kind.Group == group && kind.Version == version && kind.Plural == plural);
}
