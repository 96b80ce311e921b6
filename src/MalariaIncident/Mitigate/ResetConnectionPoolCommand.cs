using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Mitigate;

/// <summary>Replaces the server connections of a pooler, or lets it read its configuration again.</summary>
[Cmdlet(VerbsCommon.Reset, "ConnectionPool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(PoolChangeResult), typeof(MitigationPlan))]
public sealed class ResetConnectionPoolCommand : ConnectionPoolCmdlet
{
    /// <summary>Read the configuration again instead.</summary>
    [Parameter]
    public SwitchParameter ReloadConfiguration { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (ReloadConfiguration && Database.Length > 0)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "A pooler reads the configuration of all its databases at once.", Database, advice: "Leave -Database away, or -ReloadConfiguration.");
        }

        Carry(new PoolResetRequest { Scope = Scope, Databases = Database, ReloadConfiguration = ReloadConfiguration });
    }
}
