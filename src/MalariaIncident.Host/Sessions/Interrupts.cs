using System.Runtime.InteropServices;

namespace MalariaIncident.Host.Sessions;

/// <summary>Ctrl+C, and the system's wish to end: the first stops what is running, a second one while it is still stopping ends the process.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action _stop;
    private int _count;

    public Interrupts(Action stop)
    {
        _stop = stop;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
        ];
    }

    /// <summary>True after the first one since the last <see cref="Reset"/>.</summary>
    public bool Came => Volatile.Read(ref _count) > 0;

    /// <summary>The prompt is back: the next Ctrl+C is a first one again.</summary>
    public void Reset() => Volatile.Write(ref _count, 0);

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) > 1)
        {
            Environment.Exit(Outcome.Stopped);
        }

        _stop();
    }
}
