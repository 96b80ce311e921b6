using MalariaIncident.Sandbox.Simulation;

namespace MalariaIncident.Sandbox.Observed;

/// <summary>Metrics of the application: calm, but for the time that a bad release is live.</summary>
internal sealed class ServiceMetrics(ReleaseHistory history)
{
    /// <summary>Queries look back five minutes, so trouble comes and goes that slowly.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private static readonly Dictionary<string, Func<double, double, double>> Known = new(StringComparer.Ordinal)
    {
        [MetricQueries.One] = (_, _) => 1,
        [MetricQueries.Requests] = (trouble, wobble) => 42 * wobble * (1 - (0.3 * trouble)),
        [MetricQueries.ErrorRate] = (trouble, wobble) => Math.Min(1, (0.002 + (0.61 * trouble)) * wobble),
        [MetricQueries.Latency(0.5)] = (trouble, wobble) => (0.08 + (0.4 * trouble)) * wobble,
        [MetricQueries.Latency(0.95)] = (trouble, wobble) => (0.31 + (2.2 * trouble)) * wobble,
        [MetricQueries.Latency(0.99)] = (trouble, wobble) => (0.72 + (6.5 * trouble)) * wobble,
        [MetricQueries.Saturation] = (trouble, wobble) => Math.Min(1, (0.46 + (0.35 * trouble)) * wobble),
    };

    /// <summary>Queries that have an answer.</summary>
    public static IReadOnlyCollection<string> Queries => Known.Keys;

    /// <summary>Value of one of <see cref="Queries"/>; null before the application was there.</summary>
    public double? Value(string query, DateTimeOffset time)
    {
        var releases = history.Read();
        if (releases.Count == 0 || time.UtcDateTime < releases[0].From) return null;
        var seconds = time.ToUnixTimeMilliseconds() / 1000.0;
        var wobble = 1 + (0.05 * Math.Sin(seconds / 97)) + (0.03 * Math.Sin(seconds / 31));
        return Known[query](Trouble(releases, time.UtcDateTime), wobble);
    }

    /// <summary>Share of the window before a time in which a bad release was live, 0 to 1.</summary>
    private static double Trouble(IReadOnlyList<LiveRelease> releases, DateTime time)
    {
        var bad = TimeSpan.Zero;
        for (var index = 0; index < releases.Count; index++)
        {
            if (releases[index].Tag != Behaviours.BadTag) continue;
            var from = Later(releases[index].From, time - Window);
            var to = index + 1 < releases.Count ? Earlier(releases[index + 1].From, time) : time;
            if (to > from) bad += to - from;
        }
        return bad / Window;
    }

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;

    private static DateTime Earlier(DateTime one, DateTime other) => one < other ? one : other;
}
