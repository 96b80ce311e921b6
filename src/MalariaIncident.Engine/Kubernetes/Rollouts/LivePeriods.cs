namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>A time at which a ReplicaSet is known to have been made live, from an event or the journal.</summary>
internal sealed record KnownStart(string ReplicaSet, DateTimeOffset Time);

/// <summary>From when to when a template was the one the deployment wanted; null where nothing tells.</summary>
internal sealed record LivePeriod(long Number, DateTimeOffset? From, DateTimeOffset? Until)
{
    public TimeSpan? Length => Until - From;
}

/// <summary>
/// When each revision was live. A ReplicaSet's creation is the start of its first period only: going back to a template revives
/// its old ReplicaSet under a new number, and then only an event or the journal knows when.
/// </summary>
internal sealed class LivePeriods
{
    private readonly ILookup<string, LivePeriod> periods;

    public LivePeriods(IReadOnlyList<Revision> revisions, IReadOnlyList<KnownStart> starts, DateTimeOffset now)
    {
        var activations = revisions
            .Where(revision => revision.Number > 0)
            .SelectMany(revision => revision.EarlierNumbers.Append(revision.Number).Select((number, index) => (Revision: revision, Number: number, First: index == 0)))
            .OrderBy(activation => activation.Number)
            .ToList();
        var begins = new DateTimeOffset?[activations.Count];
        var latest = DateTimeOffset.MinValue;
        for (var i = 0; i < activations.Count; i++)
        {
            var (revision, _, first) = activations[i];
            var next = activations.Skip(i + 1).Where(later => later.First).Select(later => (DateTimeOffset?)later.Revision.CreatedAt).FirstOrDefault() ?? now;
            begins[i] = first ? revision.CreatedAt : starts
                .Where(start => start.ReplicaSet == revision.ReplicaSet && start.Time >= latest && start.Time <= next)
                .Select(start => (DateTimeOffset?)start.Time)
                .Min();
            latest = begins[i] ?? latest;
        }

        periods = activations
            .Select((activation, index) => (activation.Revision.ReplicaSet, Period: new LivePeriod(
                activation.Number, begins[index], index + 1 < activations.Count ? begins[index + 1] : now)))
            .ToLookup(entry => entry.ReplicaSet, entry => entry.Period, StringComparer.Ordinal);
    }

    public IEnumerable<LivePeriod> Of(Revision revision) => periods[revision.ReplicaSet];

    /// <summary>The sum of the periods whose both ends are known, so at least this; null where none is.</summary>
    public TimeSpan? LiveFor(Revision revision)
    {
        var known = Of(revision).Select(period => period.Length).OfType<TimeSpan>().ToList();
        return known.Count == 0 ? null : known.Aggregate(TimeSpan.Zero, (sum, length) => sum + length);
    }

    /// <summary>How long it was live before the moment, by the periods that are known.</summary>
    public TimeSpan LiveBefore(Revision revision, DateTimeOffset moment) =>
        Of(revision)
            .Where(period => period.From < moment)
            .Select(period => (period.Until is { } until && until < moment ? until : period.Until is null ? period.From : moment) - period.From)
            .OfType<TimeSpan>()
            .Aggregate(TimeSpan.Zero, (sum, length) => sum + length);
}
