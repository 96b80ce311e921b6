using System.Globalization;

namespace MalariaIncident.Engine.Reports;

/// <summary>Durations and times as people read them. Times are UTC.</summary>
internal static class Durations
{
    /// <summary><c>under 1 s</c>, <c>42 s</c>, <c>3 min 20 s</c>, <c>1 h 12 min</c>, <c>2 d 3 h</c>.</summary>
    public static string Words(TimeSpan duration)
    {
        if (duration < TimeSpan.FromSeconds(1))
        {
            return "under 1 s";
        }

        var (large, largeUnit, small, smallUnit) = duration switch
        {
            { TotalMinutes: < 1 } => ((int)duration.TotalSeconds, "s", 0, ""),
            { TotalHours: < 1 } => ((int)duration.TotalMinutes, "min", duration.Seconds, "s"),
            { TotalDays: < 1 } => ((int)duration.TotalHours, "h", duration.Minutes, "min"),
            _ => ((int)duration.TotalDays, "d", duration.Hours, "h"),
        };
        return small == 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {small} {smallUnit}";
    }

    /// <summary><c>+0:03:20</c> after, <c>−0:03:20</c> before.</summary>
    public static string Offset(TimeSpan offset)
    {
        var size = offset.Duration();
        return string.Create(CultureInfo.InvariantCulture, $"{(offset < TimeSpan.Zero ? "−" : "+")}{(int)size.TotalHours}:{size:mm\\:ss}");
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
