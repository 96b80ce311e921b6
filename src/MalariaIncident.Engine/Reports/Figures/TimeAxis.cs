using System.Globalization;

namespace MalariaIncident.Engine.Reports.Figures;

/// <summary>Time to horizontal position, and the ticks that people would choose.</summary>
internal sealed class TimeAxis
{
    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12),
        TimeSpan.FromDays(1), TimeSpan.FromDays(2), TimeSpan.FromDays(7), TimeSpan.FromDays(30), TimeSpan.FromDays(365),
    ];

    private readonly double _left;
    private readonly double _right;

    public TimeAxis(DateTimeOffset from, DateTimeOffset to, double left, double right)
    {
        var span = to - from < TimeSpan.FromSeconds(10) ? TimeSpan.FromSeconds(10) : to - from;
        From = from - span * 0.02;
        To = from + span * 1.03;
        _left = left;
        _right = right;
    }

    public DateTimeOffset From { get; }

    public DateTimeOffset To { get; }

    public double At(DateTimeOffset time) => _left + (_right - _left) * Math.Clamp((time - From) / (To - From), 0, 1);

    public bool Shows(DateTimeOffset time) => time >= From && time <= To;

    /// <summary>At most nine, on round times; the first, and every first of a day, names the day.</summary>
    public IEnumerable<(double X, string Label)> Ticks()
    {
        var step = Steps.FirstOrDefault(candidate => (To - From) / candidate <= 9, Steps[^1]);
        var time = new DateTimeOffset((From.UtcTicks / step.Ticks + 1) * step.Ticks, TimeSpan.Zero);
        var day = -1;
        for (; time <= To; time += step)
        {
            var format = step >= TimeSpan.FromDays(1) ? "d MMM" : (step < TimeSpan.FromMinutes(1) ? "HH:mm:ss" : "HH:mm") + (day >= 0 && day != time.DayOfYear ? " (d MMM)" : "");
            day = time.DayOfYear;
            yield return (At(time), time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture));
        }
    }
}
