using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Mitigate;

/// <summary>Rolls deployments back to the last ReplicaSet that was healthy before the incident and whose image differs.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "EmergencyRollback", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(DeploymentChangeResult), typeof(MitigationPlan))]
public sealed class InvokeEmergencyRollbackCommand : DeploymentChangeCmdlet
{
    /// <summary>Deployments; several are planned before one is changed, and rolled back at the same time.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DeploymentCompleter))]
    public new string[]? Deployment { get; set; }

    /// <summary>A revision by its number; chosen, with the reason, when left away.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RevisionCompleter))]
    public long? ToRevision { get; set; }

    /// <summary>A revision from Get-RolloutHistory; without this, piping one here would bind its deployment and choose another revision.</summary>
    [Parameter(ValueFromPipeline = true)]
    public RolloutRevision? InputObject { get; set; }

    /// <inheritdoc/>
    protected override object? Subject => Deployment;

    /// <inheritdoc/>
    protected override void Process()
    {
        if (Plan is not null)
        {
            Carry(Request(null));
            return;
        }

        if (Deployment is { Length: 0 })
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "-Deployment names none.", advice: "Name one, or leave it away for the environment's.");
        }

        if (ToRevision is not null && Deployment is { Length: > 1 })
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid, $"Revision {ToRevision} is one of a single deployment, and {Deployment.Length} are named.", ToRevision, advice: "Roll them back one by one, or leave -ToRevision away.");
        }

        foreach (var deployment in Deployment ?? [null!])
        {
            Carry(Request(deployment));
        }
    }

    private RollbackRequest Request(string? deployment) => new()
    {
        // PowerShell makes a revision of whatever names a deployment, of a line of a CSV file for one; without a number it is none.
        Scope = Scope with { Deployment = deployment }, ToRevision = ToRevision ?? (InputObject is { Revision: > 0 and var revision } ? revision : null), Force = Force, Deadline = Deadline,
    };
}
