using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Mitigate;

/// <summary>Rolls a deployment back to the last ReplicaSet that was healthy before the incident and whose image differs.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "EmergencyRollback", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(DeploymentChangeResult), typeof(MitigationPlan))]
public sealed class InvokeEmergencyRollbackCommand : DeploymentChangeCmdlet
{
    /// <summary>A revision by its number; chosen, with the reason, when left away.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RevisionCompleter))]
    public long? ToRevision { get; set; }

    /// <summary>A revision from Get-RolloutHistory; without this, piping one here would bind its deployment and choose another revision.</summary>
    [Parameter(ValueFromPipeline = true)]
    public RolloutRevision? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void Process()
        => Carry(new RollbackRequest { Scope = Scope, ToRevision = ToRevision ?? InputObject?.Revision, Force = Force, Deadline = Deadline });
}
