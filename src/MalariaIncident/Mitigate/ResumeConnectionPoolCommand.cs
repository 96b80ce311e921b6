using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Mitigate;

/// <summary>Lets the clients of a pooler go on.</summary>
[Cmdlet(VerbsLifecycle.Resume, "ConnectionPool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(PoolChangeResult), typeof(MitigationPlan))]
public sealed class ResumeConnectionPoolCommand : ConnectionPoolCmdlet
{
    /// <inheritdoc/>
    protected override void Process() => Carry(new PoolResumptionRequest { Scope = Scope, Databases = Database });
}
