namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>One log that is followed: how far, whether it is open, and when to try again where it was cut.</summary>
internal sealed class FollowedLog(TimeProvider clock)
{
    /// <summary>For so long a log that was cut is tried to be opened again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    // What is open for so long has been opened well, whatever ends it: an idle log behind a gateway that cuts idle connections says nothing for hours.
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(10);

    private DateTimeOffset _openedAt;
    private DateTimeOffset _next;
    private int _tries;

    public LogPlace Place { get; } = new();

    public Task Reading { get; private set; } = Task.CompletedTask;

    /// <summary>Why it is not open; null while it is, and where the server ended it in order.</summary>
    public Exception? Cut { get; private set; }

    public DateTimeOffset CutAt { get; private set; }

    /// <summary>The reader knows that it cannot be opened for the time being.</summary>
    public bool IsTold { get; set; }

    /// <summary>Nothing more will come of it: all was read, or the reader was told that the rest is missing.</summary>
    public bool IsOver { get; set; }

    /// <summary>Nothing is under way, although more may come.</summary>
    public bool Waits => Reading.IsCompleted && !IsOver;

    public bool IsDue => Waits && clock.GetUtcNow() >= _next;

    public bool IsGivenUp => Waits && Cut is not null && clock.GetUtcNow() - CutAt >= Patience;

    public void Open(Func<Task> read)
    {
        _openedAt = clock.GetUtcNow();
        Reading = read();
    }

    /// <summary>The server ended it in order; a container that runs goes on writing.</summary>
    public void Ended(bool runs)
    {
        IsOver = !runs;
        Cut = null;
        IsTold = false;
    }

    /// <summary>The connection broke, or could not be made. Later and later it is tried again.</summary>
    public void Broke(Exception failure)
    {
        var now = clock.GetUtcNow();
        if (Cut is null || Place.HasAdvanced || (failure is not IncidentException && now - _openedAt >= Steady))
        {
            (CutAt, _tries, IsTold) = (now, 0, false);
        }

        Cut = failure;
        _next = now + TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, FirstWait.Ticks << Math.Min(_tries++, 8)));
    }
}
