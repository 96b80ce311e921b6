using System.Threading.Channels;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>
/// Tells when a deployment may have moved. A watch is only a hint: it may end silently, so it is opened again, and until then,
/// and now and then anyway, the reader looks without one.
/// </summary>
internal sealed class RolloutHints : IAsyncDisposable
{
    private static readonly TimeSpan WithoutWatch = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan WithWatch = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Reopen = TimeSpan.FromSeconds(2);

    private readonly Channel<bool> moved = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource end;
    private readonly TimeProvider time;
    private readonly Task watching;
    private volatile bool watches;

    public RolloutHints(DeploymentReader reader, string resourceVersion, TimeProvider time, CancellationToken cancellationToken)
    {
        this.time = time;
        end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        watching = Task.Run(() => WatchAsync(reader, resourceVersion, end.Token), CancellationToken.None);
    }

    /// <summary>Returns when there is reason to read again.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await moved.Reader.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(watches ? WithWatch : WithoutWatch, time, cancellationToken);
            moved.Reader.TryRead(out _);
        }
        catch (TimeoutException)
        {
            // Time to look without a hint.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await watching;
        end.Dispose();
    }

    private async Task WatchAsync(DeploymentReader reader, string resourceVersion, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var stream = await reader.WatchAsync(resourceVersion, cancellationToken);
                using var lines = new StreamReader(stream);
                watches = true;
                while (await lines.ReadLineAsync(cancellationToken) is not null)
                {
                    moved.Writer.TryWrite(true);
                }
            }
            catch (Exception failure) when (failure is IncidentException or IOException or HttpRequestException or OperationCanceledException)
            {
                // Nothing is lost: the reader looks on its own.
            }

            watches = false;
            // An ended watch may be a resource version that is too old: begin with what there is now.
            resourceVersion = "";
            await Task.Delay(Reopen, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
