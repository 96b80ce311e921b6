namespace Benchmarks;

/// <summary>One run of something: how long, and how much memory at its most.</summary>
internal sealed record Measured(TimeSpan Wall, TimeSpan Cpu, long PeakBytes)
{
    public static Measured operator +(Measured left, Measured right) => new(left.Wall + right.Wall, left.Cpu + right.Cpu, Math.Max(left.PeakBytes, right.PeakBytes));

    public static Measured Add(Measured left, Measured right) => left + right;

    /// <summary>The run in the middle, by wall time.</summary>
    public static Measured Median(IEnumerable<Measured> runs)
    {
        Measured[] ordered = [.. runs.OrderBy(run => run.Wall)];
        return ordered[ordered.Length / 2];
    }
}
