using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Investigate;

/// <summary>Shows who waits for whom in the database.</summary>
[Cmdlet(VerbsCommon.Get, "DatabaseLock")]
[OutputType(typeof(DatabaseLock))]
public sealed class GetDatabaseLockCommand : DatabaseCmdlet
{
    /// <summary>Only those that block others and are blocked by none.</summary>
    [Parameter]
    public SwitchParameter RootBlockersOnly { get; set; }

    /// <inheritdoc/>
    protected override void Process() => Stream(engine => engine.Databases.GetLocksAsync(Scope, StopToken), entry =>
    {
        if (entry.RootBlocker || !RootBlockersOnly)
        {
            WriteObject(entry);
        }
    });
}
