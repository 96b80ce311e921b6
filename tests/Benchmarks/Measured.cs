namespace Benchmarks;

/// <summary>One run of something: how long, what it used, and how much memory at its most.</summary>
internal sealed record Measured(TimeSpan Wall, TimeSpan Cpu, long PeakBytes)
{
    public TimeSpan ServerCpu { get; init; }

    /// <summary>One after the other.</summary>
    public static Measured Add(Measured left, Measured right) => new(left.Wall + right.Wall, left.Cpu + right.Cpu, Math.Max(left.PeakBytes, right.PeakBytes));

    /// <summary>The middle of every figure; the server's processor time is counted in hundredths of a second, so there it is the mean.</summary>
    public static Measured Of(IReadOnlyList<Measured> runs) =>
        new(Median(runs, run => run.Wall), Median(runs, run => run.Cpu), Median(runs, run => run.PeakBytes))
        {
            ServerCpu = TimeSpan.FromSeconds(runs.Average(run => run.ServerCpu.TotalSeconds)),
        };

    public static T Median<TRun, T>(IEnumerable<TRun> runs, Func<TRun, T> figure)
    {
        T[] ordered = [.. runs.Select(figure).Order()];
        return ordered[ordered.Length / 2];
    }
}
