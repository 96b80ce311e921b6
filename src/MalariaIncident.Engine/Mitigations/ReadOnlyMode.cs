namespace MalariaIncident.Engine.Mitigations;

/// <summary>
/// The process-wide switch that no preference variable reaches: <c>$WhatIfPreference</c> is not inherited by parallel
/// runspaces, so the last guard stands where requests leave.
/// </summary>
internal static class ReadOnlyMode
{
    public static bool IsOn => Environment.GetEnvironmentVariable("MALARIA_INCIDENT_READONLY") is "1" or "true";

    public static void Guard(string what)
    {
        if (IsOn)
        {
            throw new IncidentException(
                FailureKind.ReadOnlyMode,
                $"{what} was not sent or written: MALARIA_INCIDENT_READONLY forbids every change from this process.",
                advice: "Remove the environment variable MALARIA_INCIDENT_READONLY to allow changes.");
        }
    }
}
