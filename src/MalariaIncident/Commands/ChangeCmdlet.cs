using System.Management.Automation;
using MalariaIncident.Completion;

namespace MalariaIncident.Commands;

/// <summary>A command that changes something in a cluster and follows it until the cluster has taken it.</summary>
public abstract class ChangeCmdlet : ClusterCmdlet, IPlanningCommand
{
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(30);

    private readonly List<MitigationRequest> _requests = [];

    /// <summary>Context in the kubeconfig file.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>Follow the rollout and verify the service; the default, so that a script can say it.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Return when the server has accepted the change.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Skip the named safeties; the plan says which.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

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

    /// <summary>Time for the whole: rollout and verification.</summary>
    protected TimeSpan? Deadline => TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>A single request need not take as long as the whole may.</summary>
    protected override Scope Scope => base.Scope is var scope && scope.Timeout > LongestRequest
        ? scope with { Context = Context, Timeout = LongestRequest }
        : scope with { Context = Context };

    /// <summary>
    /// Carries out the plan that was given; else takes what is asked for to the end of the pipeline. Several results about one object (its probes, the findings on its pods) ask for one change: to
    /// make each would restart a deployment once per log line, and switch a slot there and back.
    /// </summary>
    private protected void Carry(MitigationRequest request)
    {
        CheckWaiting();
        if (Plan is null)
        {
            _requests.Add(request);
            return;
        }

        var run = MitigationRun.Of(this, Stream);
        Carry(run, run.Given(plan => plan.Kind == request.Kind && plan.Undoes is null, Scope, StopToken));
    }

    /// <summary>Plans all that was asked for, shows each plan and asks, applies them at the same time, writes what came of each.</summary>
    protected override void Finish() => MitigationRun.Of(this, Stream).CarryAll(
        _requests, new ApplyOptions { Wait = !NoWait, WithoutJournal = Force }, Stream, WriteObject, StopToken);

    /// <summary>Shows the plan, asks, applies it, writes what came of it.</summary>
    private protected void Carry(MitigationPlan plan) => Carry(MitigationRun.Of(this, Stream), plan);

    private void Carry(MitigationRun run, MitigationPlan plan)
    {
        var options = new ApplyOptions { Wait = !NoWait, WithoutJournal = Force };
        run.Carry(Deadline is { } deadline ? plan with { Deadline = deadline } : plan, options, WriteObject, StopToken);
    }

    /// <summary>Refuses what contradicts itself before anything is read.</summary>
    private protected void CheckWaiting()
    {
        if (Wait && NoWait)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "-Wait and -NoWait contradict each other.", Subject, advice: "Waiting is the default; leave one of them away.");
        }
    }
}
