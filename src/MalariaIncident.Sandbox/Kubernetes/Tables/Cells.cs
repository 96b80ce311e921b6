using System.Globalization;

namespace MalariaIncident.Sandbox.Kubernetes.Tables;

/// <summary>A cell that depends on the time of printing.</summary>
internal interface ITimedCell
{
    string Print(DateTime now);
}

internal sealed record AgeCell(DateTime? Since) : ITimedCell
{
    public string Print(DateTime now) => Since is { } since ? HumanDuration.Print(now - since) : "<unknown>";
}

/// <summary>Restarts as kubectl shows them: <c>5 (2m ago)</c>.</summary>
internal sealed record RestartsCell(int Count, DateTime? Last) : ITimedCell
{
    public string Print(DateTime now) => Count != 0 && Last is { } last
        ? string.Create(CultureInfo.InvariantCulture, $"{Count} ({HumanDuration.Print(now - last)} ago)")
        : Count.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Durations as the printers write them, for example <c>4m12s</c> and <c>9d</c> (k8s.io/apimachinery/pkg/util/duration).</summary>
internal static class HumanDuration
{
    public static string Print(TimeSpan age)
    {
        var (seconds, minutes, hours) = ((long)age.TotalSeconds, (long)age.TotalMinutes, (long)age.TotalHours);
        return seconds switch
        {
            < -1 => "<invalid>",
            < 0 => "0s",
            < 120 => $"{seconds}s",
            _ when minutes < 10 => seconds % 60 == 0 ? $"{minutes}m" : $"{minutes}m{seconds % 60}s",
            _ when minutes < 180 => $"{minutes}m",
            _ when hours < 8 => minutes % 60 == 0 ? $"{hours}h" : $"{hours}h{minutes % 60}m",
            _ when hours < 48 => $"{hours}h",
            _ when hours < 192 => hours % 24 == 0 ? $"{hours / 24}d" : $"{hours / 24}d{hours % 24}h",
            _ when hours < 24 * 365 * 2 => $"{hours / 24}d",
            _ when hours < 24 * 365 * 8 => hours / 24 % 365 == 0 ? $"{hours / 24 / 365}y" : $"{hours / 24 / 365}y{hours / 24 % 365}d",
            _ => $"{hours / 24 / 365}y",
        };
    }
}
