using System.Management.Automation;
using MalariaIncident.Completion;

namespace MalariaIncident.Commands;

/// <summary>A command that changes a connection pooler over its administration console.</summary>
public abstract class ConnectionPoolCmdlet : ScopedCmdlet, IPlanningCommand
{
    /// <summary>Databases as the pooler's clients name them; wildcards allowed.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Database { get; set; } = [];

    /// <summary>Connection to the console, or a reference: env:NAME, file:path, kube:namespace/name/key.</summary>
    [Parameter]
    public string? ConnectionString { get; set; }

    /// <summary>Pods of the pooler, reached through the Kubernetes API: deployment/pgbouncer:6432, app=pgbouncer.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PoolerPods { get; set; }

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

    /// <summary>Write the plan as an object, and do nothing.</summary>
    [Parameter]
    public SwitchParameter PlanOnly { get; set; }

    /// <summary>Write the plan into this file, and do nothing.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PlanPath { get; set; }

    /// <summary>Carry out exactly this plan.</summary>
    [Parameter]
    public PlanSource? Plan { get; set; }

    /// <summary>Why this cannot wait for the second person that the runbook asks for.</summary>
    [Parameter]
    public string? BreakGlass { get; set; }

    /// <inheritdoc/>
    protected override Scope Scope => base.Scope with
    {
        ConnectionString = ConnectionString,
        Pods = PoolerPods,
        KubeConfig = KubeConfig is null ? null : GetUnresolvedProviderPathFromPSPath(KubeConfig),
        Context = Context,
        Namespace = Namespace,
    };

    /// <summary>Plans, asks, carries out, reports.</summary>
    protected void Carry(PoolRequest request)
    {
        var run = MitigationRun.Of(this, Stream);
        var plan = run.Choose(Engine.Mitigations, given => given.Kind == request.Kind, Scope, () => Await(Engine.Mitigations.PlanAsync(request, StopToken)), StopToken);
        run.Carry(Engine.Mitigations, plan, new(), WriteObject, StopToken);
    }
}
