using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>Logs that go on, as the lines come. Pods that appear and containers that start again are found and followed too.</summary>
internal sealed class LogFollow(WorkloadLogs workload, LogReader reader, LogOptions options, TimeProvider clock)
{
    private const int Waiting = 2048;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(3);

    public async IAsyncEnumerable<LogItem> ReadAsync(IReadOnlyList<LogSource> sources, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<LogItem>(new BoundedChannelOptions(Waiting) { SingleReader = true });
        var watching = Task.Run(() => WatchAsync(sources, channel.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var item in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await watching;
        }
    }

    private async Task WatchAsync(IReadOnlyList<LogSource> sources, ChannelWriter<LogItem> channel, CancellationToken cancellationToken)
    {
        var followed = new Dictionary<LogSource, (Task Reading, LogPlace Place)>(new SameLog());
        Exception? defect = null;
        try
        {
            while (true)
            {
                foreach (var source in sources)
                {
                    var isNew = !followed.TryGetValue(source, out var log);
                    // A server that restarts or has had enough of it ends a log in silence, although its container runs.
                    if (isNew || (log.Reading.IsCompleted && source.Runs && !log.Place.IsLost))
                    {
                        var place = isNew ? new LogPlace() : log.Place;
                        followed[source] = (FollowAsync(source, place, channel, cancellationToken), place);
                    }
                }

                await Task.Delay(LookAgain, clock, cancellationToken);
                sources = await LookAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The reader has had enough.
        }
        catch (Exception failure)
        {
            defect = failure;
        }

        await Task.WhenAll(followed.Values.Select(log => log.Reading));
        channel.TryComplete(defect);
    }

    // A cluster that does not answer now may answer the next time; the logs that are open go on meanwhile.
    private async Task<IReadOnlyList<LogSource>> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await workload.SourcesAsync(options.Pods, options.Containers, previous: false, cancellationToken);
        }
        catch (IncidentException)
        {
            return [];
        }
    }

    private async Task FollowAsync(LogSource source, LogPlace place, ChannelWriter<LogItem> channel, CancellationToken cancellationToken)
    {
        try
        {
            await reader.ReadAsync(source, channel, cancellationToken, place);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The reader has had enough.
        }
        catch (Exception failure) when (LogFailure.Is(failure))
        {
            place.IsLost = true;
            await LogFailure.TellAsync(source, failure, channel, cancellationToken);
        }
        catch (Exception defect)
        {
            channel.TryComplete(defect);
        }
    }

    /// <summary>When it started does not make another log of it; having been started again does.</summary>
    private sealed class SameLog : IEqualityComparer<LogSource>
    {
        public bool Equals(LogSource? x, LogSource? y) => x is not null && y is not null && (x.Pod, x.Container, x.Restarts, x.Previous) == (y.Pod, y.Container, y.Restarts, y.Previous);

        public int GetHashCode(LogSource obj) => HashCode.Combine(obj.Pod, obj.Container, obj.Restarts, obj.Previous);
    }
}
