using System.Net;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>
/// Reads the warnings of a namespace page by page, for a server lists events by their names and not by their age: the youngest may stand in the last page. Of what is read only what is shown is kept;
/// where there is more than can be read in a few seconds, that is said.
/// </summary>
internal sealed class EventReader(ClusterReader reader, DateTimeOffset since, TimeProvider time)
{
    private const int PageSize = 500;

    // A list that moves on this often while it is read is not going to hold still.
    private const int MostRestarts = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>The events, and what has to be said of them.</summary>
    public async Task<(WarningEvents Events, string? Note)> ReadAsync(string home, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            var events = new WarningEvents(since);
            int read = 0;
            string? next = null;
            try
            {
                do
                {
                    EventList page = await PageAsync(home, next, cancellationToken);
                    events.Add(page.Items ?? []);
                    read += page.Items?.Count ?? 0;
                    next = page.Metadata?.Continue is { Length: > 0 } token ? token : null;
                }
                while (next is not null && time.GetElapsedTime(started) < Patience);
                return (events, next is null ? null : More(home, read));
            }
            catch (IncidentException failure) when (failure.InnerException is ClusterAnswerException { Code: HttpStatusCode.Gone } && attempt < MostRestarts)
            {
                // From the start: a part is not taken for the whole.
            }
            catch (IncidentException failure) when (read > 0)
            {
                return (events, $"{failure.Message.TrimEnd('.')}. {More(home, read)}");
            }
        }
    }

    private Task<EventList> PageAsync(string home, string? next, CancellationToken cancellationToken) => reader.Within(Patience).ObjectAsync(
        $"Reading events of {home}",
        $"api/v1/namespaces/{home}/events?fieldSelector=type%3DWarning&limit={PageSize}{(next is null ? "" : $"&continue={Uri.EscapeDataString(next)}")}",
        "EventList",
        ModelContext.Default.EventList,
        cancellationToken);

    private static string More(string home, int read) => $"{home} has more warning events than the {read} that were read: younger ones may be missing here.";
}
