using System.Management.Automation;
using MalariaIncident.Completion;

namespace MalariaIncident.Commands;

/// <summary>A command that talks to a server by its address, or in its pods through the Kubernetes API.</summary>
public abstract class PodServerCmdlet : ScopedCmdlet
{
    /// <summary>Connection, or a reference to one: env:NAME, file:path, kube:namespace/name/key.</summary>
    [Parameter]
    public string? ConnectionString { get; set; }

    /// <summary>Path of a kubeconfig file.</summary>
    [Parameter]
    public string? KubeConfig { get; set; }

    /// <summary>Context in the kubeconfig file.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>Kubernetes namespace of the pods.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string? Namespace { get; set; }

    /// <summary>The pods that the user named; each kind of server has a parameter of its own for them.</summary>
    protected abstract string? Pods { get; }

    /// <inheritdoc/>
    protected override Scope Scope => base.Scope with
    {
        ConnectionString = ConnectionString,
        Pods = Pods,
        KubeConfig = KubeConfig is null ? null : GetUnresolvedProviderPathFromPSPath(KubeConfig),
        Context = Context,
        Namespace = Namespace,
    };
}
