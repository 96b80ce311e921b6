namespace Engine.Tests;

/// <summary>
/// Real time, but for what a busy machine must not decide. Spans that are short so that a person need not wait are twenty times as long, and a deadline that a test wants to
/// see pass comes when the test says so: neither before what is to be seen until then, nor long after it.
/// </summary>
internal sealed class PatientClock(params TimeSpan[] hurried) : TimeProvider
{
    private const int Patience = 20;

    private readonly Lock _gate = new();
    private readonly List<ITimer> _waiting = [];
    private TimeSpan? _deadline;
    private bool _isHeld;
    private long _heldAt;
    private long _behind;

    /// <summary>From now on time stands still, and what would come after just so long waits for <see cref="Pass"/>.</summary>
    public void Hold(TimeSpan deadline)
    {
        lock (_gate)
        {
            (_deadline, _isHeld, _heldAt) = (deadline, true, base.GetTimestamp());
        }
    }

    /// <summary>The deadline is over now, also for who asks for as long from now on.</summary>
    public void Pass()
    {
        ITimer[] over;
        lock (_gate)
        {
            _isHeld = false;
            _behind += base.GetTimestamp() - _heldAt - (long)Math.Ceiling(_deadline!.Value.TotalSeconds * TimestampFrequency);
            over = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var timer in over)
        {
            timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return (_isHeld ? _heldAt : base.GetTimestamp()) - _behind;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            if (dueTime != _deadline)
            {
                return base.CreateTimer(callback, state, hurried.Contains(dueTime) ? Patience * dueTime : dueTime, period);
            }

            var timer = base.CreateTimer(callback, state, _isHeld ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, period);
            if (_isHeld)
            {
                _waiting.Add(timer);
            }

            return timer;
        }
    }
}
