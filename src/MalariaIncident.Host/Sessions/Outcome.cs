using System.Management.Automation;

namespace MalariaIncident.Host.Sessions;

/// <summary>
/// How a session came out, as one exit code. Only errors that reached the operator count: what a script caught or silenced it has
/// dealt with. (PowerShell's own HadErrors is true for those as well.)
/// </summary>
internal sealed class Outcome
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int BadInput = 2;
    public const int Declined = 3;
    public const int Unknown = 4;
    public const int Stopped = 130;

    private int? _exit;
    private int? _error;
    private bool _stopped;

    /// <summary>Standard input carries data for Read-Host, not the script.</summary>
    public bool InputIsData { get; init; }

    /// <summary>Errors that reached the operator so far.</summary>
    public int Errors { get; private set; }

    /// <summary>Exit code of the error that decides, whatever else happened.</summary>
    public int ErrorCode => _error ?? Ok;

    /// <summary>True after <c>exit</c>.</summary>
    public bool ShouldExit => _exit is not null;

    /// <summary>What the process returns. An unknown outcome outweighs other errors: it is the one that must be looked into.</summary>
    public int ExitCode => _exit ?? (_stopped ? Stopped : _error ?? (ModuleDoor.Declined > 0 ? Declined : Ok));

    /// <summary>A script said <c>exit n</c>.</summary>
    public void Exit(int code) => _exit = code;

    /// <summary>Ctrl+C, or the system's wish to end.</summary>
    public void Stop() => _stopped = true;

    /// <summary>An error reached the operator: the first one decides, for those after it are often its consequences.</summary>
    public void Note(ErrorRecord error)
    {
        Errors++;
        var code = CodeOf(error);
        if (_error is null || code == Unknown)
        {
            _error = code;
        }
    }

    private static int CodeOf(ErrorRecord error) => error.Exception switch
    {
        PipelineStoppedException => Stopped,
        ParseException or ParameterBindingException or CommandNotFoundException or IncompleteParseException => BadInput,
        _ => ModuleDoor.ExitCodeOf(error.FullyQualifiedErrorId),
    };
}
