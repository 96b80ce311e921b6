using System.Runtime.CompilerServices;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Looks again and again. A cluster that goes away leaves its last picture, with its age; one that comes back is read again.</summary>
internal sealed class HealthWatch(Func<CancellationToken, Task<ClusterHealth>> look, HealthMemo memo, TimeSpan interval, TimeProvider time)
{
    /// <summary>A look that takes longer is worth telling; one request may take longer than a person waits at a screen that stands still.</summary>
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromSeconds(10);

    public async IAsyncEnumerable<ClusterHealth> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ClusterHealth last = await look(stop.Token);
        Task<ClusterHealth>? next = null;
        long started = 0;
        try
        {
            for (int number = 1; ; number++)
            {
                await memo.RememberAsync(last, stop.Token);
                yield return last with { Look = number };
                if (next is null)
                {
                    await Task.Delay(interval, time, stop.Token);
                    started = time.GetTimestamp();
                    next = look(stop.Token);
                }

                (last, bool isAnswered) = await PictureAsync(next, last, started, stop.Token);
                next = isAnswered ? null : next;
            }
        }
        finally
        {
            await stop.CancelAsync();
            if (next is not null)
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>An answer that comes at the end of the patience is an answer.</summary>
    private async Task<(ClusterHealth Picture, bool IsAnswered)> PictureAsync(Task<ClusterHealth> next, ClusterHealth last, long started, CancellationToken cancellationToken)
    {
        TimeSpan patience = interval > ShortestPatience ? interval : ShortestPatience;
        await ((Task)next).WaitAsync(patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (!next.IsCompleted)
        {
            return (Old(last, $"A newer one was asked for {time.GetElapsedTime(started).TotalSeconds:0} s ago and has not come."), false);
        }

        try
        {
            ClusterHealth fresh = await next;
            return (fresh with { Age = time.GetUtcNow() - fresh.Time }, true);
        }
        catch (IncidentException failure)
        {
            return (Old(last, failure.Message), true);
        }
    }

    private ClusterHealth Old(ClusterHealth last, string why) => last with { Failure = why, Age = time.GetUtcNow() - last.Time };
}
