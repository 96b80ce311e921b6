using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Mitigate;

/// <summary>Puts back what a mitigation replaced.</summary>
[Cmdlet(VerbsCommon.Undo, "Mitigation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(DeploymentChangeResult), typeof(SlotSwitchResult))]
public sealed class UndoMitigationCommand : ScopedCmdlet
{
    /// <summary>The mitigation; see Get-Mitigation.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(MitigationCompleter))]
    public string MitigationId { get; set; } = "";

    /// <summary>Put it back although somebody changed the same place since, or although a controller will revert it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Return when the server has accepted it; do not follow and verify.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <inheritdoc/>
    protected override object? Subject => MitigationId;

    /// <inheritdoc/>
    protected override void Process()
    {
        var plan = Await(Engine.Mitigations.PlanUndoAsync(MitigationId, Scope, Force, StopToken));
        new MitigationRun(this, Stream).Carry(Engine.Mitigations, plan, new() { Wait = !NoWait }, WriteObject, StopToken);
    }
}
