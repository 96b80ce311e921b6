using System.Diagnostics;

namespace Cmdlet.Tests.Harness;

/// <summary>How late a thread of this process wakes up meanwhile: what a busy machine adds to every promise about time.</summary>
internal sealed class Stall : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(25);
    private readonly CancellationTokenSource _end = new();
    private readonly Thread _thread;
    private long _worst;

    public Stall()
    {
        _thread = new Thread(Watch) { IsBackground = true };
        _thread.Start();
    }

    public TimeSpan Worst => TimeSpan.FromTicks(Volatile.Read(ref _worst));

    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        _end.Dispose();
    }

    private void Watch()
    {
        while (!_end.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            _end.Token.WaitHandle.WaitOne(Tick);
            var late = Stopwatch.GetElapsedTime(started) - Tick;
            if (late.Ticks > Volatile.Read(ref _worst))
            {
                Volatile.Write(ref _worst, late.Ticks);
            }
        }
    }
}
