namespace MalariaIncident.Engine.Kubernetes.Slots;

/// <summary>A pod in the EndpointSlices of a service.</summary>
internal sealed record SliceEndpoint(string PodUid, bool Ready);
