using System.Reflection;

namespace MalariaIncident.Host.Sessions;

/// <summary>
/// What the host asks the loaded module. By reflection: the module is imported from its own folder as pwsh would do it, and a compile
/// reference would bring a second copy of it. The table of errors stays the only place that knows exit codes.
/// </summary>
internal static class ModuleDoor
{
    private static readonly Lazy<Func<string?, int>> Table = new(() => Find("MalariaIncident.Errors.ErrorTable")
        ?.GetMethod("ExitCodeOf", BindingFlags.Static | BindingFlags.Public)
        ?.CreateDelegate<Func<string?, int>>() ?? (_ => Outcome.Failed));

    private static readonly Lazy<Func<int>> Declines = new(() => Find("MalariaIncident.Commands.Confirmation")
        ?.GetProperty("Declined", BindingFlags.Static | BindingFlags.Public)
        ?.GetMethod?.CreateDelegate<Func<int>>() ?? (() => 0));

    /// <summary>Where the module lies beside this program.</summary>
    public static string Manifest { get; } = Path.Combine(AppContext.BaseDirectory, "Modules", "MalariaIncident", "MalariaIncident.psd1");

    /// <summary>How many changes were not made because of -WhatIf or a "no".</summary>
    public static int Declined => Declines.Value();

    /// <summary>Exit code of an error; 1 for ids that are not the module's.</summary>
    public static int ExitCodeOf(string? fullyQualifiedErrorId) => Table.Value(fullyQualifiedErrorId);

    private static Type? Find(string name)
        => AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => assembly.GetName().Name == "MalariaIncident")?.GetType(name);
}
