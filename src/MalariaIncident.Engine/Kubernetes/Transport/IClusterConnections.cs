using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>The way to every cluster. One transport per kubeconfig and context lives as long as the process.</summary>
internal interface IClusterConnections
{
    /// <summary>
    /// Reads the kubeconfig and makes the connection; nothing is sent yet. KubeConfigMissing, KubeConfigInvalid, ContextNotFound,
    /// NameInvalid (namespace).
    /// </summary>
    Task<ClusterConnection> OpenAsync(ResolvedScope scope, CancellationToken cancellationToken);
}
