using System.Globalization;

namespace MalariaIncident;

/// <summary>A <see cref="ReadinessReport"/> in lines: the verdict, then what was checked, by area, with what to do where something is missing.</summary>
internal static class ReadinessText
{
    private const int Column = 34;
    private const int Narrowest = 30;
    private const int MostNamed = 3;

    public static string Of(ReadinessReport report, int width)
    {
        var lines = Wrap(Headline(report), Room(width, 0)).Select((line, index) => index == 0 ? line : "  " + line).ToList();
        foreach (var area in report.Checks.GroupBy(check => check.Area))
        {
            lines.Add("");
            lines.Add(area.Key.ToString());
            var advised = new HashSet<string>(StringComparer.Ordinal);
            lines.AddRange(area.SelectMany(check => Lines(check, advised, width)));
        }

        return string.Join(System.Environment.NewLine, lines);
    }

    public static string Counts(IReadOnlyList<ReadinessCheck> checks) => checks.Count == 0 ? "nothing was checked" : string.Join(", ", checks
        .GroupBy(check => check.Status)
        .OrderByDescending(group => group.Key)
        .Select(group => Word(group.Key, [.. group])));

    private static string Headline(ReadinessReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Environment ?? "What was named"} is {(report.Ready ? "ready" : "NOT ready")}: {report.Summary} ({report.CheckedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {report.Elapsed.TotalSeconds:0.0} s)");

    /// <summary>What is to be done about several alike is said once.</summary>
    private static IEnumerable<string> Lines(ReadinessCheck check, HashSet<string> advised, int width)
    {
        var room = Room(width, Column);
        var said = Wrap(check.Detail, room).ToList();
        if (check is { Advice: { } advice, Status: not ReadinessStatus.Ready } && advised.Add(advice))
        {
            said.AddRange(Wrap("→ " + advice, room));
        }

        var name = Mark(check.Status) + check.Check;
        if (name.Length >= Column)
        {
            yield return name;
        }
        else
        {
            yield return name.PadRight(Column) + said[0];
            said.RemoveAt(0);
        }

        foreach (var line in said)
        {
            yield return new string(' ', Column) + line;
        }
    }

    private static int Room(int width, int taken) => width <= 0 ? int.MaxValue : Math.Max(Narrowest, width - taken - 1);

    private static IEnumerable<string> Wrap(string text, int room)
    {
        var rest = text;
        while (rest.Length > room)
        {
            var space = rest.LastIndexOf(' ', room);
            // What has no room is not cut: an address or a command shall still be copied whole.
            space = space > 0 ? space : rest.IndexOf(' ', room);
            if (space < 0)
            {
                break;
            }

            yield return rest[..space];
            rest = rest[(space + 1)..];
        }

        yield return rest;
    }

    private static string Mark(ReadinessStatus status) => status switch
    {
        ReadinessStatus.Ready => "  ok  ",
        ReadinessStatus.Warning => " warn ",
        ReadinessStatus.NotChecked => "  -   ",
        _ => " FAIL ",
    };

    private static string Word(ReadinessStatus status, List<ReadinessCheck> checks) => string.Create(CultureInfo.InvariantCulture, $"{checks.Count} ") + status switch
    {
        ReadinessStatus.Ready => "ready",
        ReadinessStatus.Warning => checks.Count == 1 ? "warning" : "warnings",
        ReadinessStatus.NotChecked => "not checked",
        _ => $"not ready ({string.Join(", ", checks.Take(MostNamed).Select(check => check.Check))}{(checks.Count > MostNamed ? ", …" : "")})",
    };
}
