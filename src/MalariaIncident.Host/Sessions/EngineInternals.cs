using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace MalariaIncident.Host.Sessions;

/// <summary>
/// Two things that PowerShell's own console reads inside the engine and that have no public door. The engine's version is pinned; the
/// host's tests of exit codes fail should one of them move.
/// </summary>
internal static class EngineInternals
{
    private const BindingFlags Inner = BindingFlags.Instance | BindingFlags.NonPublic;

    private static readonly PropertyInfo? Stream = typeof(PSObject).GetProperty("WriteStream", Inner);
    private static readonly PropertyInfo? Context = typeof(Runspace).GetProperty("ExecutionContext", Inner);

    /// <summary>True for an error on its way to the operator, false for an error record that a script shows as data (<c>$Error[0]</c>).</summary>
    public static bool IsError(PSObject item)
        => string.Equals(Stream?.GetValue(item)?.ToString(), "Error", StringComparison.Ordinal) || item.Properties["writeErrorStream"]?.Value is true;

    /// <summary>Makes <c>exit n</c> in the next script file end the session, as <c>pwsh -File</c> does, instead of the script alone.</summary>
    public static void LetNextScriptExit(Runspace runspace)
    {
        var context = Context?.GetValue(runspace);
        context?.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", Inner)?.SetValue(context, true);
    }
}
