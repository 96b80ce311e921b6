namespace MalariaIncident.Engine.Prometheus;

/// <summary>A range of points as one short line of block characters.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const int Width = 30;

    /// <summary>Lowest to highest over the whole height; a blank where Prometheus had no value, so that a gap is seen as one.</summary>
    public static string Draw(IReadOnlyList<MetricPoint> points, MetricRange range)
    {
        var columns = Math.Min(Width, range.Points);
        var (sums, counts) = (new double[columns], new int[columns]);
        foreach (var point in points.Where(point => double.IsFinite(point.Value)))
        {
            var column = Math.Clamp((int)((point.Time - range.From) / range.Step * columns / range.Points), 0, columns - 1);
            sums[column] += point.Value;
            counts[column]++;
        }

        var means = sums.Zip(counts, (sum, count) => count == 0 ? double.NaN : sum / count).ToArray();
        var seen = means.Where(double.IsFinite).ToList();
        if (seen.Count == 0)
        {
            return "";
        }

        var (low, high) = (seen.Min(), seen.Max());
        return string.Concat(means.Select(mean => !double.IsFinite(mean) ? ' ' : Blocks[high > low ? (int)Math.Round((mean - low) / (high - low) * (Blocks.Length - 1)) : 0]));
    }
}
