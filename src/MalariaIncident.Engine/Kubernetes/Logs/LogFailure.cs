using System.Net.Http;
using System.Threading.Channels;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>What breaks in one log of many: the others go on, and the reader is told.</summary>
internal static class LogFailure
{
    public static bool Is(Exception failure) => failure is IncidentException or IOException or HttpRequestException or TimeoutException;

    public static Task TellAsync(LogSource source, Exception failure, ChannelWriter<LogItem> channel, CancellationToken cancellationToken) =>
        TellAsync(Note(source, failure), channel, cancellationToken);

    /// <summary>Waits for room: a note that says what is missing must not be missing itself.</summary>
    public static async Task TellAsync(string note, ChannelWriter<LogItem> channel, CancellationToken cancellationToken)
    {
        try
        {
            await channel.WriteAsync(new LogItem(null, note), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Nobody reads any more.
        }
    }

    public static string Note(LogSource source, Exception failure) => failure switch
    {
        IncidentException described => described.Message,
        TimeoutException => $"Reading the log of {source}: no more came before the deadline; the rest is missing.",
        _ => $"Reading the log of {source}: the connection was cut; the rest is missing.",
    };
}
