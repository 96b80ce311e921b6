using System.Globalization;

namespace MalariaIncident.Engine.Prometheus;

/// <summary>From when to when, and how densely.</summary>
internal sealed record MetricRange(DateTimeOffset From, DateTimeOffset To, TimeSpan Step)
{
    /// <summary>Prometheus answers no more points a series.</summary>
    private const int MostPoints = 11_000;
    private const int UsualPoints = 60;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);
    private static readonly int[] RoundSeconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

    public int Points => (int)((To - From) / Step) + 1;

    /// <summary>Null for an instant. ArgumentInvalid.</summary>
    public static MetricRange? Of(MetricQuestion question, DateTimeOffset now)
    {
        if (question.Since is not { } since)
        {
            return question.Step is null ? null : throw Invalid("A step has a meaning only with the time that the range begins", "Give -Since too.");
        }

        if (since < TimeSpan.FromSeconds(1) || since > Longest)
        {
            throw Invalid("A range reaches back from one second to 366 days", "Give -Since as a time span, for example 01:00:00.");
        }

        var step = question.Step ?? TimeSpan.FromSeconds(RoundSeconds.FirstOrDefault(seconds => seconds * UsualPoints >= since.TotalSeconds, RoundSeconds[^1]));
        if (step < TimeSpan.FromSeconds(1) || step > since || since / step > MostPoints)
        {
            throw Invalid($"A step must be between one second and the whole range, and make at most {MostPoints} points", "Give a longer -Step, or leave it away.");
        }

        return new(now - since, now, step);
    }

    /// <summary>A time as Prometheus takes it: seconds since 1970.</summary>
    public static string Seconds(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000.0).ToString("0.###", CultureInfo.InvariantCulture);

    private static IncidentException Invalid(string what, string advice) => new(FailureKind.ArgumentInvalid, what + ".", advice: advice);
}
