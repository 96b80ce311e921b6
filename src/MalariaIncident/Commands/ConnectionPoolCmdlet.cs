using System.Management.Automation;

namespace MalariaIncident.Commands;

/// <summary>A command that changes a connection pooler over its administration console.</summary>
public abstract class ConnectionPoolCmdlet : PodServerCmdlet, IPlanningCommand
{
    /// <summary>Databases as the pooler's clients name them; wildcards allowed.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Database { get; set; } = [];

    /// <summary>Pods of the pooler, reached through the Kubernetes API: deployment/pgbouncer:6432, app=pgbouncer.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PoolerPods { get; set; }

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
    protected override string? Pods => PoolerPods;

    /// <summary>Plans, asks, carries out, reports.</summary>
    protected void Carry(PoolRequest request)
    {
        var run = MitigationRun.Of(this, Stream);
        var plan = run.Choose(Engine.Mitigations, given => given.Kind == request.Kind, Scope, () => Await(Engine.Mitigations.PlanAsync(request, StopToken)), StopToken);
        run.Carry(Engine.Mitigations, plan, new(), WriteObject, StopToken);
    }
}
