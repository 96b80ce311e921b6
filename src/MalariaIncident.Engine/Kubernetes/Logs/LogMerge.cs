using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>Logs that end, merged by time: all are read at once, and no more than a few hundred lines of each wait.</summary>
internal static class LogMerge
{
    private const int Waiting = 512;

    public static async IAsyncEnumerable<LogItem> ReadAsync(LogReader reader, IReadOnlyList<LogSource> sources, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channels = sources.Select(_ => Channel.CreateBounded<LogItem>(new BoundedChannelOptions(Waiting) { SingleReader = true, SingleWriter = true })).ToList();
        var reading = sources.Zip(channels, (source, channel) => Task.Run(() => FillAsync(reader, source, channel.Writer, stop.Token), CancellationToken.None)).ToList();
        try
        {
            var heads = new PriorityQueue<(LogItem Item, int Source), (DateTimeOffset, int)>();
            for (var index = 0; index < channels.Count; index++)
            {
                await TakeAsync(index);
            }

            while (heads.TryDequeue(out var head, out _))
            {
                yield return head.Item;
                await TakeAsync(head.Source);
            }

            async ValueTask TakeAsync(int index)
            {
                while (await channels[index].Reader.WaitToReadAsync(cancellationToken))
                {
                    if (channels[index].Reader.TryRead(out var item))
                    {
                        // A note comes at once: it says that something is missing from what follows.
                        heads.Enqueue((item, index), (item.Line?.Time ?? DateTimeOffset.MinValue, index));
                        return;
                    }
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(reading);
        }
    }

    private static async Task FillAsync(LogReader reader, LogSource source, ChannelWriter<LogItem> channel, CancellationToken cancellationToken)
    {
        try
        {
            await reader.ReadAsync(source, new LogPlace(), channel, cancellationToken);
            channel.Complete();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            channel.Complete();
        }
        catch (Exception failure) when (LogFailure.Is(failure))
        {
            await LogFailure.TellAsync(source, failure, channel, cancellationToken);
            channel.Complete();
        }
        catch (Exception defect)
        {
            channel.Complete(defect);
        }
    }
}
