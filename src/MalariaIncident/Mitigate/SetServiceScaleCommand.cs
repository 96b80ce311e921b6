using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Mitigate;

/// <summary>Runs more or fewer pods.</summary>
[Cmdlet(VerbsCommon.Set, "ServiceScale", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(DeploymentChangeResult), typeof(MitigationPlan))]
public sealed class SetServiceScaleCommand : DeploymentChangeCmdlet
{
    /// <summary>Replicas afterwards.</summary>
    [Parameter(Mandatory = true)]
    public int Replicas { get; set; }

    /// <summary>Fewer than run now, or none, are meant.</summary>
    [Parameter]
    public SwitchParameter AllowScaleDown { get; set; }

    /// <inheritdoc/>
    protected override void Process()
        => Carry(new ScaleRequest { Scope = Scope, Replicas = Replicas, AllowScaleDown = AllowScaleDown, Force = Force, Deadline = Deadline });
}
