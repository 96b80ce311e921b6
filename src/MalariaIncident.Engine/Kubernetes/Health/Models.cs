using System.Text.Json;
using System.Text.Json.Serialization;

namespace MalariaIncident.Engine.Kubernetes.Health;

// Only the fields that are looked at: reading whole objects with KubernetesClient costs a third of a second on the first call.
// Setters, not init: the source generator loses the initial values of init-only properties.

internal abstract class KubernetesModel
{
    public string? Kind { get; set; }
}

internal sealed class ObjectMeta
{
    public string Name { get; set; } = "";
    public string Namespace { get; set; } = "";
    public DateTimeOffset? CreationTimestamp { get; set; }
    public DateTimeOffset? DeletionTimestamp { get; set; }
    public Dictionary<string, string>? Labels { get; set; }
    public List<OwnerReference>? OwnerReferences { get; set; }
}

internal sealed class OwnerReference
{
    public string Kind { get; set; } = "";
    public string Name { get; set; } = "";
}

internal sealed class Condition
{
    public string Type { get; set; } = "";
    public string Status { get; set; } = "";
    public string? Reason { get; set; }
    public string? Message { get; set; }
    public DateTimeOffset? LastTransitionTime { get; set; }
}

internal sealed class PodModel : KubernetesModel
{
    public ObjectMeta Metadata { get; set; } = new();
    public PodSpec? Spec { get; set; }
    public PodStatus Status { get; set; } = new();
}

internal sealed class PodSpec
{
    public List<ContainerSpec>? Containers { get; set; }
}

internal sealed class ContainerSpec
{
    public string Name { get; set; } = "";
    public ContainerResources? Resources { get; set; }
}

internal sealed class ContainerResources
{
    public Dictionary<string, string>? Limits { get; set; }
}

internal sealed class PodStatus
{
    public string? Reason { get; set; }
    public string? Message { get; set; }
    public List<Condition>? Conditions { get; set; }
    public List<ContainerStatus>? InitContainerStatuses { get; set; }
    public List<ContainerStatus>? ContainerStatuses { get; set; }
}

internal sealed class ContainerStatus
{
    public string Name { get; set; } = "";
    public bool Ready { get; set; }
    public string? Image { get; set; }
    public ContainerState? State { get; set; }
    public ContainerState? LastState { get; set; }
}

internal sealed class ContainerState
{
    public WaitingState? Waiting { get; set; }
    public TerminatedState? Terminated { get; set; }
}

internal sealed class WaitingState
{
    public string? Reason { get; set; }
    public string? Message { get; set; }
}

internal sealed class TerminatedState
{
    public string? Reason { get; set; }
    public string? Message { get; set; }
    public int ExitCode { get; set; }
    public int Signal { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
}

internal sealed class DeploymentModel : KubernetesModel
{
    public ObjectMeta Metadata { get; set; } = new();
    public DeploymentStatus Status { get; set; } = new();
}

internal sealed class DeploymentStatus
{
    public List<Condition>? Conditions { get; set; }
}

internal sealed class NodeModel : KubernetesModel
{
    public ObjectMeta Metadata { get; set; } = new();
    public NodeStatus Status { get; set; } = new();
}

internal sealed class NodeStatus
{
    public List<Condition>? Conditions { get; set; }
}

internal sealed class NodeList : KubernetesModel
{
    public List<NodeModel> Items { get; set; } = [];
}

internal sealed class NodeMetricsList : KubernetesModel
{
    public List<NodeMetrics> Items { get; set; } = [];
}

internal sealed class NodeMetrics
{
    public ObjectMeta Metadata { get; set; } = new();
    public Dictionary<string, string> Usage { get; set; } = [];
}

internal sealed class AutoscalerList : KubernetesModel
{
    public List<Autoscaler> Items { get; set; } = [];
}

internal sealed class Autoscaler
{
    public ObjectMeta Metadata { get; set; } = new();
    public AutoscalerSpec Spec { get; set; } = new();
    public AutoscalerStatus Status { get; set; } = new();
}

internal sealed class AutoscalerSpec
{
    public int MaxReplicas { get; set; }
    public int? MinReplicas { get; set; }
    public OwnerReference ScaleTargetRef { get; set; } = new();
}

internal sealed class AutoscalerStatus
{
    public int DesiredReplicas { get; set; }
    public List<Condition>? Conditions { get; set; }
}

internal sealed class ServiceList : KubernetesModel
{
    public List<ServiceModel> Items { get; set; } = [];
}

internal sealed class ServiceModel
{
    public ObjectMeta Metadata { get; set; } = new();
    public ServiceSpec Spec { get; set; } = new();
}

internal sealed class ServiceSpec
{
    public string? Type { get; set; }
    public Dictionary<string, string>? Selector { get; set; }
}

internal sealed class EndpointSliceList : KubernetesModel
{
    public List<EndpointSlice> Items { get; set; } = [];
}

internal sealed class EndpointSlice
{
    public ObjectMeta Metadata { get; set; } = new();
    public List<EndpointModel>? Endpoints { get; set; }
}

internal sealed class EndpointModel
{
    public EndpointConditions? Conditions { get; set; }
}

internal sealed class EndpointConditions
{
    /// <summary>Absent means unknown, which consumers take for ready.</summary>
    public bool? Ready { get; set; }
}

internal sealed class EventList : KubernetesModel
{
    public ListMeta Metadata { get; set; } = new();
    public List<EventModel> Items { get; set; } = [];
}

internal sealed class ListMeta
{
    public string? Continue { get; set; }
}

internal sealed class EventModel
{
    public ObjectMeta Metadata { get; set; } = new();
    public InvolvedObject InvolvedObject { get; set; } = new();
    public string? Type { get; set; }
    public string? Reason { get; set; }
    public string? Message { get; set; }
    public int? Count { get; set; }
    public DateTimeOffset? LastTimestamp { get; set; }
    public DateTimeOffset? EventTime { get; set; }
    public EventSeries? Series { get; set; }

    [JsonIgnore]
    public DateTimeOffset? LastSeen => Series?.LastObservedTime ?? LastTimestamp ?? EventTime ?? Metadata.CreationTimestamp;

    [JsonIgnore]
    public int Times => Math.Max(1, Series?.Count ?? Count ?? 1);
}

internal sealed class EventSeries
{
    public int Count { get; set; }
    public DateTimeOffset? LastObservedTime { get; set; }
}

internal sealed class InvolvedObject
{
    public string Kind { get; set; } = "";
    public string Namespace { get; set; } = "";
    public string Name { get; set; } = "";
}

internal sealed class SecretModel : KubernetesModel
{
    public Dictionary<string, string>? Data { get; set; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = false)]
[JsonSerializable(typeof(PodModel))]
[JsonSerializable(typeof(DeploymentModel))]
[JsonSerializable(typeof(NodeModel))]
[JsonSerializable(typeof(NodeList))]
[JsonSerializable(typeof(NodeMetricsList))]
[JsonSerializable(typeof(AutoscalerList))]
[JsonSerializable(typeof(ServiceList))]
[JsonSerializable(typeof(EndpointSliceList))]
[JsonSerializable(typeof(EventList))]
[JsonSerializable(typeof(SecretModel))]
internal sealed partial class ModelContext : JsonSerializerContext;
