using System.Management.Automation;
using MalariaIncident.Completion;

namespace MalariaIncident.Commands;

/// <summary>A command that talks to PostgreSQL.</summary>
public abstract class DatabaseCmdlet : ScopedCmdlet
{
    /// <summary>key=value pairs, a postgres:// URL, or a reference: env:NAME, file:path, kube:namespace/name/key.</summary>
    [Parameter]
    public string? ConnectionString { get; set; }

    /// <summary>Pods that the database runs in, reached through the Kubernetes API: statefulset/postgres, service/postgres:5432, pod/postgres-0, app=postgres.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DatabasePods { get; set; }

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

    /// <inheritdoc/>
    protected override Scope Scope => base.Scope with
    {
        ConnectionString = ConnectionString,
        Pods = DatabasePods,
        KubeConfig = KubeConfig is null ? null : GetUnresolvedProviderPathFromPSPath(KubeConfig),
        Context = Context,
        Namespace = Namespace,
    };
}
