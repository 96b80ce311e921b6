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
    private Outcome? _outcome;

    protected override void BeginProcessing()
    {
        _outcome = Host.PrivateData?.BaseObject as Outcome;
        base.BeginProcessing();
    }

    protected override void ProcessRecord()
    {
        var linesBefore = _outcome?.ErrorLines;
        base.ProcessRecord();
        if (_outcome is not null && InputObject?.BaseObject is ErrorRecord error && _outcome.ErrorLines != linesBefore)
        {
            _outcome.Note(error);
        }
    }
}
