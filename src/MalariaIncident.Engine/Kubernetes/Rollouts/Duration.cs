using System.Globalization;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Lengths of time as people say them: <c>40 s</c>, <c>12 min</c>, <c>5 h</c>, <c>3 d 4 h</c>.</summary>
internal static class Duration
{
    public static string InWords(TimeSpan length) => length switch
    {
        { TotalSeconds: < 90 } => $"{Math.Max(0, Math.Round(length.TotalSeconds)):0} s",
        { TotalMinutes: < 90 } => $"{length.TotalMinutes:0} min",
        { TotalHours: < 48 } => $"{length.TotalHours:0} h",
        _ => length.Hours == 0 || length.TotalDays >= 14 ? $"{length.TotalDays:0} d" : $"{length.Days} d {length.Hours} h",
    };

    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
