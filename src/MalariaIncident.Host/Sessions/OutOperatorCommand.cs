using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace MalariaIncident.Host.Sessions;

/// <summary>
/// Out-Default, the end of every pipeline, watching for errors on their way to the operator. It keeps the name Out-Default: by that
/// name the engine knows that a program such as kubectl may write to the terminal itself.
/// </summary>
[Cmdlet("Out", "Default")]
internal sealed class OutOperatorCommand : OutDefaultCommand
{
    protected override void ProcessRecord()
    {
        if (InputObject?.BaseObject is ErrorRecord error && EngineInternals.IsError(InputObject) && Host.PrivateData?.BaseObject is Outcome outcome)
        {
            outcome.Note(error);
        }

        base.ProcessRecord();
    }
}
