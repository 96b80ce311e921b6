using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace MalariaIncident.Commands;

/// <summary>
/// Which incident a command belongs to when none is named: the one that <c>Use-Incident</c> or <c>New-Incident</c> made
/// this session's, else <c>MALARIA_INCIDENT</c>, else none. Kept per runspace, so that parallel work does not cross.
/// </summary>
internal static class SessionIncident
{
    private static readonly ConditionalWeakTable<Runspace, StrongBox<string?>> Current = [];

    public static string? Id
        => Runspace.DefaultRunspace is { } runspace && Current.TryGetValue(runspace, out var box) && box.Value is not null
            ? box.Value
            : Environment.GetEnvironmentVariable("MALARIA_INCIDENT") is { Length: > 0 } named ? named : null;

    public static void Use(string? id)
    {
        if (Runspace.DefaultRunspace is { } runspace)
        {
            Current.AddOrUpdate(runspace, new StrongBox<string?>(id));
        }
    }
}
