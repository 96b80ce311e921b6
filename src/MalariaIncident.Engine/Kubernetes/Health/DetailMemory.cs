namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>
/// What was read of suspect pods at the last look. A pod whose line is the same as then, restarts included, tells the same story: only its line is read again. That pods are well is
/// never remembered, and neither is what goes on (a log that still grows, what the scheduler says).
/// </summary>
internal sealed class DetailMemory
{
    /// <summary>Messages change where lines do not: why an image cannot be pulled, for one.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private Dictionary<(string Namespace, string Name), Entry> entries = [];

    /// <summary>Null where it must be read.</summary>
    public PodDetail? Recall(PodDetail asked, int logLines, DateTimeOffset now)
    {
        Entry? entry;
        lock (gate)
        {
            entry = entries.GetValueOrDefault((asked.Row.Namespace, asked.Row.Name));
        }

        if (entry is null || entry.LogLines != logLines || !IsSame(entry.Detail.Row, asked.Row) || entry.Detail.ReadAt is not { } then || now - then > FreshFor)
        {
            return null;
        }

        // Older than the memory: it is that pod, and not another of its name.
        return asked.Row.Age > now - then ? entry.Detail with { Row = asked.Row, Verdict = asked.Verdict, IsRecalled = true } : null;
    }

    /// <summary>Replaces what was known: pods that are gone are forgotten.</summary>
    public void Keep(IEnumerable<PodDetail> details, int logLines)
    {
        var kept = new Dictionary<(string Namespace, string Name), Entry>();
        foreach (PodDetail detail in details.Where(one => one.Model is not null && IsStory(one.Verdict)))
        {
            kept[(detail.Row.Namespace, detail.Row.Name)] = new Entry(detail.LogIsFinal ? detail : detail with { Log = [] }, logLines);
        }

        lock (gate)
        {
            entries = kept;
        }
    }

    private static bool IsStory(PodVerdict verdict) => verdict is PodVerdict.Faulty or PodVerdict.Restarted or PodVerdict.NotReady or PodVerdict.Failed;

    private static bool IsSame(PodRow then, PodRow now) =>
        (then.Ready, then.Containers, then.Status, then.Restarts, then.Node) == (now.Ready, now.Containers, now.Status, now.Restarts, now.Node);

    private sealed record Entry(PodDetail Detail, int LogLines);
}
