namespace MalariaIncident.Engine.Mitigations;

/// <summary>
/// The process-wide switch that no preference variable reaches: <c>$WhatIfPreference</c> is not inherited by parallel
/// runspaces, so the last guard stands where requests leave.
/// </summary>
internal static class ReadOnlyMode
{
    public const string Variable = "MALARIA_INCIDENT_READONLY";

    private static readonly string[] Noes = ["0", "false", "no", "off"];

    private static bool _wasSetHere;

    /// <summary>
    /// An environment variable, because processes that are started from here shall be as safe. Whoever sets it wants to be safe, so that only what clearly
    /// says no is taken for one: <c>yes</c>, <c>True</c> and <c>ReadOnly</c> must not leave the door open.
    /// </summary>
    public static bool IsOn => Environment.GetEnvironmentVariable(Variable)?.Trim() is { Length: > 0 } said && !Noes.Contains(said, StringComparer.OrdinalIgnoreCase);

    /// <summary>True where this process itself turned it on or off, and not whoever started it.</summary>
    public static bool WasSetHere => Volatile.Read(ref _wasSetHere);

    public static void Set(bool on)
    {
        Environment.SetEnvironmentVariable(Variable, on ? "1" : null);
        Volatile.Write(ref _wasSetHere, on);
    }

    public static void Guard(string what)
    {
        if (IsOn)
        {
            throw new IncidentException(FailureKind.ReadOnlyMode, $"{what} was not sent or written: this process is read-only ({Variable}), which forbids every change.");
        }
    }
}
