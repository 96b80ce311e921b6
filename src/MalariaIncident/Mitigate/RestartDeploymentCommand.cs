using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Mitigate;

/// <summary>Replaces every pod of a deployment by a new one of the same template.</summary>
[Cmdlet(VerbsLifecycle.Restart, "Deployment", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(DeploymentChangeResult), typeof(MitigationPlan))]
public sealed class RestartDeploymentCommand : DeploymentChangeCmdlet
{
    /// <summary>The deployment that the environment names as its connection pooler.</summary>
    [Parameter]
    public SwitchParameter Pooler { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (Pooler && MyInvocation.BoundParameters.ContainsKey(nameof(Deployment)))
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid, "-Pooler and -Deployment both say what to restart.", Subject, advice: "Leave one of them away: -Pooler takes the deployment that the environment names.");
        }

        Carry(new RestartRequest { Scope = Scope, Pooler = Pooler, Force = Force, Deadline = Deadline });
    }
}
