namespace MalariaIncident.Sandbox.Simulation;

/// <summary>Real time, but for when it is held: the past of the world is played by holding it at one moment after the other.</summary>
internal sealed class SandboxClock : TimeProvider
{
    private readonly Lock _gate = new();
    private DateTimeOffset? _held;
    private TimeSpan _ahead;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _held ?? base.GetUtcNow() + _ahead;
    }

    public void Hold(DateTimeOffset time)
    {
        lock (_gate) _held = time;
    }

    /// <summary>Goes on from where it is held, or from the real time where that is later.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (_held is not { } held) return;
            var ahead = held - base.GetUtcNow();
            _ahead = ahead > TimeSpan.Zero ? ahead : TimeSpan.Zero;
            _held = null;
        }
    }
}
