namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>One instance of one container: what the server keeps one log of.</summary>
/// <param name="Pod">Pod.</param>
/// <param name="Container">Container.</param>
/// <param name="Restarts">Restarts before this instance; a new number is a new log.</param>
/// <param name="Previous">The server knows it as the instance before: its container was started again, or waits to be.</param>
/// <param name="StartedAt">When the instance, or for one that waits the pod, began; null where it is not known.</param>
internal sealed record LogSource(string Pod, string Container, long Restarts, bool Previous, DateTimeOffset? StartedAt)
{
    /// <summary>True while more may come.</summary>
    public bool Runs { get; init; }

    public override string ToString() => $"{Pod}/{Container}{(Previous ? " (previous instance)" : "")}";
}
