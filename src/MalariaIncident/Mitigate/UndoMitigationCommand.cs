using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Mitigate;

/// <summary>Puts back what a mitigation replaced.</summary>
[Cmdlet(VerbsCommon.Undo, "Mitigation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = ById)]
[OutputType(typeof(DeploymentChangeResult), typeof(SlotSwitchResult), typeof(PoolChangeResult), typeof(MitigationPlan))]
public sealed class UndoMitigationCommand : ScopedCmdlet, IPlanningCommand
{
    private const string ById = "Mitigation";
    private const string ByPlan = "Plan";

    private readonly List<(string Id, Scope Scope)> _asked = [];

    /// <summary>The mitigation; see Get-Mitigation.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = ById)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(UndoableMitigationCompleter))]
    public string MitigationId { get; set; } = "";

    /// <summary>Put it back although somebody changed the same place since, or although a controller will revert it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Return when the server has accepted it; do not follow and verify.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Write the plan as an object, and do nothing.</summary>
    [Parameter]
    public SwitchParameter PlanOnly { get; set; }

    /// <summary>Write the plan into this file, and do nothing.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PlanPath { get; set; }

    /// <summary>Carry out exactly this plan.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByPlan)]
    public PlanSource? Plan { get; set; }

    /// <summary>Why this cannot wait for the second person that the runbook asks for.</summary>
    [Parameter]
    public string? BreakGlass { get; set; }

    /// <inheritdoc/>
    protected override object? Subject => MitigationId;

    /// <inheritdoc/>
    protected override void Process() => _asked.Add((MitigationId, Scope));

    /// <summary>Each once, in the order of the pipeline.</summary>
    protected override void Finish()
    {
        var run = MitigationRun.Of(this, Stream);
        foreach (var (id, scope) in _asked.DistinctBy(asked => asked.Id, StringComparer.OrdinalIgnoreCase))
        {
            var plan = run.Choose(given => given.Undoes is not null, scope, () => Await(engine => engine.Mitigations.PlanUndoAsync(id, scope, Force, StopToken)), StopToken);
            run.Carry(plan, new() { Wait = !NoWait }, WriteObject, StopToken);
        }
    }
}
