using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Mitigate;

/// <summary>Gives one container other limits.</summary>
[Cmdlet(VerbsCommon.Set, "ResourceLimit", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(DeploymentChangeResult), typeof(MitigationPlan))]
public sealed class SetResourceLimitCommand : DeploymentChangeCmdlet
{
    /// <summary>Memory limit as Kubernetes writes it: 8Gi.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Memory { get; set; }

    /// <summary>CPU limit as Kubernetes writes it: 4, 500m.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Cpu { get; set; }

    /// <summary>Lower a request that is above the new limit, too.</summary>
    [Parameter]
    public SwitchParameter LowerRequest { get; set; }

    /// <summary>Resize the pods that run, without a restart; the template stays.</summary>
    [Parameter]
    public SwitchParameter InPlace { get; set; }

    /// <inheritdoc/>
    protected override void Process() => Carry(new ResourceLimitRequest
    {
        Scope = Scope, Memory = Memory, Cpu = Cpu, LowerRequest = LowerRequest, InPlace = InPlace, Force = Force, Deadline = Deadline,
    });
}
