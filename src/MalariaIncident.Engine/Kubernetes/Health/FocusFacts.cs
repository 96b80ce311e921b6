namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>What is read only where there is reason to look: in the namespaces that were named, and in those where something is wrong.</summary>
internal sealed record FocusFacts(DateTimeOffset Since)
{
    public WarningEvents Events { get; } = new(Since);

    public List<Autoscaler> Autoscalers { get; } = [];

    public List<ServiceModel> Services { get; } = [];

    public List<EndpointSlice> Endpoints { get; } = [];

    public List<DeploymentModel> Deployments { get; } = [];

    /// <summary>Namespaces whose services and endpoints were both read.</summary>
    public HashSet<string> WithServices { get; } = new(StringComparer.Ordinal);
}
