namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>One instance of one container: what the server keeps one log of.</summary>
/// <param name="Pod">Pod.</param>
/// <param name="Container">Container.</param>
/// <param name="Restarts">Restarts so far; a new number is a new log.</param>
/// <param name="Previous">The instance before the last restart.</param>
/// <param name="StartedAt">When the instance, or for one that waits the pod, began; null where it is not known.</param>
internal sealed record LogSource(string Pod, string Container, long Restarts, bool Previous, DateTimeOffset? StartedAt)
{
    /// <summary>True while more may come.</summary>
    public bool Runs { get; init; }

    public override string ToString() => $"{Pod}/{Container}{(Previous ? " (previous instance)" : "")}";
}

/// <summary>How far a log was followed.</summary>
internal sealed class LogPlace
{
    /// <summary>Time of the last line; null before the first.</summary>
    public DateTimeOffset? Last { get; set; }

    /// <summary>The reader was told that the rest is missing.</summary>
    public bool IsLost { get; set; }
}
