using System.Collections.Concurrent;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Reads that are worth having and not worth failing for: what goes wrong becomes a note.</summary>
internal static class Optional
{
    public static async Task ReadAsync(ConcurrentQueue<string> notes, Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (IncidentException failure)
        {
            notes.Enqueue(failure.Message);
        }
    }
}
