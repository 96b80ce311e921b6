using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Mitigate;

/// <summary>Runs more or fewer pods.</summary>
[Cmdlet(VerbsCommon.Set, "ServiceScale", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(DeploymentChangeResult), typeof(MitigationPlan))]
public sealed class SetServiceScaleCommand : DeploymentChangeCmdlet
{
    /// <summary>Replicas afterwards.</summary>
    [Parameter]
    public int? Replicas { get; set; }

    /// <summary>Fewer than run now, or none, are meant.</summary>
    [Parameter]
    public SwitchParameter AllowScaleDown { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        // Mandatory it cannot be: a plan that was made before brings its own.
        if (Replicas is null && Plan is null)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "No number of replicas is named.", Subject, advice: "Say with -Replicas how many shall run.");
        }

        Carry(new ScaleRequest { Scope = Scope, Replicas = Replicas ?? 0, AllowScaleDown = AllowScaleDown, Force = Force, Deadline = Deadline });
    }
}
