using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Mitigate;

/// <summary>Lets a pooler hold back what its clients send.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "ConnectionPool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(PoolChangeResult), typeof(MitigationPlan))]
public sealed class SuspendConnectionPoolCommand : ConnectionPoolCmdlet
{
    /// <summary>How long to wait for what runs now; 30 seconds when left away.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Patience { get; set; }

    /// <inheritdoc/>
    protected override void Process() => Carry(new PoolSuspensionRequest { Scope = Scope, Databases = Database, Deadline = Patience });
}
