namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>How far stopping one backend has come.</summary>
internal sealed class StopAttempt(StopTarget target, TimeProvider time)
{
    private long? _started;

    public StopTarget Target => target;

    /// <summary>The last signal that was on its way; null before the first.</summary>
    public StopSignal? Signal { get; private set; }

    /// <summary>False while nobody knows whether the last signal arrived.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>True once the server said that a signal was sent.</summary>
    public bool WasReached { get; private set; }

    public TimeSpan Elapsed => _started is { } began ? time.GetElapsedTime(began) : TimeSpan.Zero;

    public void Begin(StopSignal signal)
    {
        _started ??= time.GetTimestamp();
        Signal = signal;
        IsAnswered = false;
    }

    public void Answered(bool isSent)
    {
        IsAnswered = true;
        WasReached |= isSent;
    }

    /// <summary>The outcome, once the server shows that the work is over; null while it goes on.</summary>
    public QueryOutcome? HasEnded(BackendState? state)
    {
        var sessionIsOver = state is null || state.BackendStart != target.BackendStart;
        if (Signal == StopSignal.Terminate)
        {
            return sessionIsOver ? QueryOutcome.Terminated : null;
        }

        if (!sessionIsOver && target.IsStill(state!))
        {
            return null;
        }

        return Signal is null ? QueryOutcome.AlreadyGone : QueryOutcome.Cancelled;
    }

    public string WhatWasSent() =>
        Signal is null ? "no signal was sent"
        : $"{(Signal == StopSignal.Cancel ? "a cancel" : "a termination")} was sent{(IsAnswered ? "" : ", and its answer was lost")}";

    public string WhyStillRunning(StopInstructions instructions) =>
        Signal is null ? "no signal was sent: the connection was lost before its turn"
        : instructions.CancelOnly ? $"it has not reacted to the cancel within {instructions.GracePeriod.TotalSeconds:0.#} s, and only a cancel was asked for"
        : "it has not reacted; a process that waits for a disk or a network file system takes no signal until that answers";
}
