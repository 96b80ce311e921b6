namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>
/// A limit that holds on a server that answers nothing. Npgsql waits for the server when it cancels (half a minute and more, on a frozen one), so
/// the work is left behind instead of waited for, and cancelled on a thread that nobody waits on.
/// </summary>
internal sealed class Deadline(TimeSpan limit, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    public TimeSpan Limit => limit;

    public TimeSpan Remaining => limit - time.GetElapsedTime(_started) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>TimeoutException at the limit, OperationCanceledException when stopped; <paramref name="abandon"/> then takes the work that goes on.</summary>
    public async Task<T> HoldAsync<T>(Func<CancellationToken, Task<T>> work, Action<Task> abandon, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        // Not linked to the caller's token: Npgsql talks to the server inside the cancellation callback.
        var cancellation = new CancellationTokenSource();
        // On a thread of its own: name resolution and the first write happen before the first await.
        var task = Task.Run(() => work(cancellation.Token), CancellationToken.None);
        try
        {
            var result = await task.WaitAsync(Remaining, time, stop);
            cancellation.Dispose();
            return result;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException && !task.IsCompleted)
        {
            abandon(EndAsync(task, cancellation));
            throw;
        }
    }

    private static async Task EndAsync(Task task, CancellationTokenSource cancellation)
    {
        await Task.Yield();
        _ = cancellation.CancelAsync();
#pragma warning disable CA1031 // Nobody waits for this work any more; how it ends tells nothing.
        try
        {
            await task;
        }
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }
}
