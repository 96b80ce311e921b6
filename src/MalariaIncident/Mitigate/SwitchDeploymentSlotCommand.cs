using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Mitigate;

/// <summary>Leads a service to the other of its two slots (blue and green), and follows its endpoints there.</summary>
[Cmdlet(VerbsCommon.Switch, "DeploymentSlot", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(SlotSwitchResult), typeof(MitigationPlan))]
public sealed class SwitchDeploymentSlotCommand : ServiceChangeCmdlet
{
    /// <summary>The slot that shall be live; the one that is not when left away.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(SlotCompleter))]
    [ValidateNotNullOrEmpty]
    public string? To { get; set; }

    /// <summary>Both slots.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Slot { get; set; }

    /// <summary>Key of the service's selector that names the slot.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SelectorKey { get; set; }

    /// <inheritdoc/>
    protected override void Process() => Carry(new SlotSwitchRequest
    {
        Scope = Scope,
        Service = Service,
        To = To,
        Slots = Slot,
        SelectorKey = SelectorKey,
        Force = Force,
        Deadline = Deadline,
    });
}
