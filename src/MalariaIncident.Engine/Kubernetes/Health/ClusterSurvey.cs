using System.Collections.Concurrent;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>What the cheap reads showed: every pod, deployment and node in one line each.</summary>
internal sealed class ClusterSurvey
{
    public List<PodRow> Pods { get; } = [];

    public List<DeploymentRow> Deployments { get; } = [];

    public List<NodeHealth> Nodes { get; set; } = [];

    /// <summary>False where metrics.k8s.io did not answer.</summary>
    public bool HasMetrics { get; set; }

    /// <summary>What could not be read.</summary>
    public ConcurrentQueue<string> Notes { get; } = [];
}
