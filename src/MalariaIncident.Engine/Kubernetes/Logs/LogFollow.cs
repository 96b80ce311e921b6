using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>
/// Logs that go on, as the lines come. Pods that appear and containers that start again are found and followed too; a log that is ended or cut while there is more of it goes on where it was.
/// </summary>
internal sealed class LogFollow(WorkloadLogs workload, LogReader reader, LogOptions options, TimeProvider clock)
{
    private const int Waiting = 2048;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(3);

    private readonly Dictionary<LogSource, FollowedLog> _logs = new(new SameLog());

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
        Exception? defect = null;
        try
        {
            var heard = clock.GetUtcNow();
            IncidentException? silence = null;
            while (true)
            {
                if (silence is null)
                {
                    heard = clock.GetUtcNow();
                    await FollowAsync(sources, channel, cancellationToken);
                }

                foreach (var (source, log) in _logs.Where(log => log.Value.IsGivenUp))
                {
                    await LoseAsync(source, log, "It could not be opened again", channel, cancellationToken);
                }

                // The logs that are open go on meanwhile; but where nothing is open and nobody answers, waiting for more would be waiting for ever.
                if (silence is not null && clock.GetUtcNow() - heard >= FollowedLog.Patience && _logs.Values.All(log => log.Reading.IsCompleted))
                {
                    throw silence;
                }

                await Task.Delay(LookAgain, clock, cancellationToken);
                (sources, silence) = await LookAsync(cancellationToken);
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

        await Task.WhenAll(_logs.Values.Select(log => log.Reading));
        channel.TryComplete(defect);
    }

    /// <summary>Opens what is new, and again what has more to say.</summary>
    private async Task FollowAsync(IReadOnlyList<LogSource> sources, ChannelWriter<LogItem> channel, CancellationToken cancellationToken)
    {
        var found = sources.ToDictionary(source => source, source => source, new SameLog());
        foreach (var source in sources.Where(source => !_logs.ContainsKey(source)))
        {
            _logs[source] = new FollowedLog(clock);
        }

        foreach (var (known, log) in _logs.Where(log => log.Value.Waits))
        {
            if ((found.GetValueOrDefault(known) ?? Before(sources, known)) is not { } source)
            {
                if (log.Cut is not null)
                {
                    await LoseAsync(known, log, "It is not there any more", channel, cancellationToken);
                }
            }
            else if (log.IsDue)
            {
                log.Open(() => ReadAsync(source, log, channel, cancellationToken));
            }
        }
    }

    /// <summary>A log whose container was started again has become the one of the instance before: its last words may not have been read yet.</summary>
    private static LogSource? Before(IReadOnlyList<LogSource> sources, LogSource known) =>
        sources.Any(source => (source.Pod, source.Container, source.Restarts, source.Previous) == (known.Pod, known.Container, known.Restarts + 1, false))
            ? known with { Previous = true, Runs = false }
            : null;

    // A cluster that does not answer now may answer the next time.
    private async Task<(IReadOnlyList<LogSource> Sources, IncidentException? Silence)> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await workload.SourcesAsync(options.Pods, options.Containers, previous: false, cancellationToken), null);
        }
        catch (IncidentException failure)
        {
            return failure.Kind == FailureKind.ResourceNotFound ? ([], null) : ([], failure);
        }
    }

    private async Task ReadAsync(LogSource source, FollowedLog log, ChannelWriter<LogItem> channel, CancellationToken cancellationToken)
    {
        try
        {
            await reader.ReadAsync(source, log.Place, channel, cancellationToken);
            log.Ended(source.Runs);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The reader has had enough.
        }
        catch (IncidentException refused) when (!ClusterFailures.Passes(refused))
        {
            // The instance before is kept for a while only; where its log had ended in order, nothing of it is missing.
            var isMissing = !source.Previous || log.Cut is not null || !log.Place.HasBegun;
            log.IsOver = true;
            if (isMissing)
            {
                await LogFailure.TellAsync(source, refused, channel, cancellationToken);
            }
        }
        catch (Exception failure) when (LogFailure.Is(failure))
        {
            log.Broke(failure);
            if (failure is IncidentException described && !log.IsTold)
            {
                log.IsTold = true;
                await LogFailure.TellAsync($"{described.Message.TrimEnd('.')}. It is tried again for {FollowedLog.Patience.TotalMinutes:0} minutes.", channel, cancellationToken);
            }
        }
        catch (Exception defect)
        {
            channel.TryComplete(defect);
        }
    }

    private static Task LoseAsync(LogSource source, FollowedLog log, string why, ChannelWriter<LogItem> channel, CancellationToken cancellationToken)
    {
        log.IsOver = true;
        var reason = log.Cut is IncidentException described ? $" {described.Message}" : "";
        return LogFailure.TellAsync($"Reading the log of {source} broke off at {log.CutAt.UtcDateTime:HH:mm:ss} UTC; the rest is missing. {why}.{reason}", channel, cancellationToken);
    }

    /// <summary>When it started does not make another log of it, nor whether it is called the one before while its container waits to be started; having been started again does.</summary>
    private sealed class SameLog : IEqualityComparer<LogSource>
    {
        public bool Equals(LogSource? x, LogSource? y) => x is not null && y is not null && (x.Pod, x.Container, x.Restarts) == (y.Pod, y.Container, y.Restarts);

        public int GetHashCode(LogSource obj) => HashCode.Combine(obj.Pod, obj.Container, obj.Restarts);
    }
}
