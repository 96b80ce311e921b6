using System.Net.Http;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>What breaks in one log of many: the others go on, and the reader is told.</summary>
internal static class LogFailure
{
    public static bool Is(Exception failure) => failure is IncidentException or IOException or HttpRequestException or TimeoutException;

    public static string Note(LogSource source, Exception failure) => failure switch
    {
        IncidentException described => described.Message,
        TimeoutException => $"Reading the log of {source}: no more came before the deadline; the rest is missing.",
        _ => $"Reading the log of {source}: the connection was cut; the rest is missing.",
    };
}
