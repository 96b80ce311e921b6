using System.Management.Automation;
using MalariaIncident.Completion;

namespace MalariaIncident.Commands;

/// <summary>A command that talks to a Kubernetes cluster.</summary>
public abstract class ClusterCmdlet : ScopedCmdlet
{
    /// <summary>Path of a kubeconfig file.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? KubeConfig { get; set; }

    /// <summary>Kubernetes namespace.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string? Namespace { get; set; }

    /// <inheritdoc/>
    protected override Scope Scope => base.Scope with
    {
        KubeConfig = KubeConfig is null ? null : GetUnresolvedProviderPathFromPSPath(KubeConfig),
        Namespace = Namespace,
    };
}
