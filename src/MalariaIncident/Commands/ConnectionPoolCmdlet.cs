using System.Management.Automation;

namespace MalariaIncident.Commands;

/// <summary>A command that changes a connection pooler over its administration console.</summary>
public abstract class ConnectionPoolCmdlet : PodServerCmdlet, IPlanningCommand
{
    private readonly List<PoolRequest> _requests = [];

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

    /// <summary>Carries out the plan that was given; else takes what is asked for to the end of the pipeline, where the same is one.</summary>
    protected void Carry(PoolRequest request)
    {
        if (Plan is null)
        {
            _requests.Add(request);
            return;
        }

        var run = MitigationRun.Of(this, Stream);
        run.Carry(run.Given(given => given.Kind == request.Kind, Scope, StopToken), new(), WriteObject, StopToken);
    }

    /// <summary>Plans, asks, carries out, reports.</summary>
    protected override void Finish() => MitigationRun.Of(this, Stream).CarryAll(_requests, new(), Stream, WriteObject, StopToken);
}
