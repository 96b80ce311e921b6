using System.Globalization;

namespace MalariaIncident;

/// <summary>A <see cref="ClusterHealth"/> in lines: how it stands, what is wrong (worst first, alike findings once), what to do, what is not known.</summary>
internal static class HealthText
{
    private const int MostGroups = 12;
    private const int MostEvidence = 3;
    private const int LongestLine = 200;
    private const string Indent = "             ";

    public static string Of(ClusterHealth health, int width, int height = int.MaxValue)
    {
        var lines = new List<string> { Headline(health), Figures(health) };
        if (health.Failure is { } failure)
        {
            lines.Insert(0, string.Create(CultureInfo.InvariantCulture, $"OLD PICTURE  {health.Age.TotalSeconds:0} s old. {failure}"));
        }

        var groups = health.Findings
            .GroupBy(finding => (finding.Severity, finding.ObjectKind, finding.Namespace, finding.Reason, Whose: finding.Deployment ?? finding.Name))
            .ToList();
        foreach (var group in groups.Take(MostGroups))
        {
            lines.Add("");
            lines.AddRange(Lines([.. group]));
        }

        var left = groups.Skip(MostGroups).Sum(group => group.Count());
        if (left > 0)
        {
            lines.Add("");
            lines.Add($"And {left} more: the property Findings has them all.");
        }

        if (health.Notes.Count > 0)
        {
            lines.Add("");
            lines.AddRange(health.Notes.Select(note => $"note: {note}"));
        }

        var shown = lines.SelectMany(line => HangingText.Wrap(line, width)).ToList();
        if (shown.Count > height && height > 1)
        {
            var cut = shown.Count - (height - 1);
            shown.RemoveRange(height - 1, cut);
            shown.Add($"… {cut} more lines: make the window higher, or read the property Findings.");
        }

        return string.Join(System.Environment.NewLine, shown);
    }

    private static string Headline(ClusterHealth health)
    {
        var place = health.Environment is null ? health.Context : $"{health.Context} ({health.Environment})";
        var worst = health.Findings.Count == 0
            ? "nothing is wrong"
            : string.Join(", ", health.Findings.GroupBy(finding => finding.Severity).OrderBy(group => group.Key).Select(group => $"{group.Count()} {Word(group.Key, group.Count())}"));
        return string.Create(CultureInfo.InvariantCulture, $"Cluster {place} at {health.Time.UtcDateTime:HH:mm:ss} UTC: {worst}");
    }

    private static string Figures(ClusterHealth health)
    {
        var figures = string.Create(CultureInfo.InvariantCulture, $"pods {health.ReadyPods}/{health.Pods} ready, nodes {health.ReadyNodes}/{health.Nodes} ready");
        if (health.CpuCores is { } cores && health.MemoryBytes is { } bytes)
        {
            figures += string.Create(CultureInfo.InvariantCulture, $", CPU {cores:0.#} {(Math.Round(cores, 1) == 1 ? "core" : "cores")}, memory {bytes / (1024d * 1024 * 1024):0.#} GiB");
        }

        return figures + string.Create(CultureInfo.InvariantCulture, $", read in {health.Elapsed.TotalSeconds:0.0} s");
    }

    private static IEnumerable<string> Lines(List<HealthFinding> alike)
    {
        var first = alike[0];
        yield return $"{first.Severity.ToString().ToUpperInvariant(),-12} {first.Reason}: {What(alike)}{(first.Namespace is { } home ? $" in {home}" : "")}";
        yield return $"{Indent}{first.Message}";
        foreach (var line in Evidence((alike.Find(finding => finding.Evidence.Count > 0) ?? first).Evidence))
        {
            yield return $"{Indent}| {line}";
        }

        if (first.Suggestion is { } command)
        {
            yield return $"{Indent}→ {command}";
        }
    }

    private static string What(List<HealthFinding> alike)
    {
        var first = alike[0];
        var kind = first.ObjectKind.ToLowerInvariant();
        if (first.Deployment is not { } deployment || first.ObjectKind == "Deployment")
        {
            return $"{kind} {first.Name}";
        }

        return alike.Count > 1 ? $"{alike.Count} {kind}s of deployment {deployment}" : $"{kind} {first.Name} of deployment {deployment}";
    }

    /// <summary>The last log lines under one heading, and the newest event: the end of a log is what says why.</summary>
    private static IEnumerable<string> Evidence(IReadOnlyList<string> evidence)
    {
        string? heading = null;
        foreach (var line in evidence.Where(IsLog).TakeLast(MostEvidence))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (heading is null)
            {
                heading = line[..(colon + 1)];
                yield return $"last lines of the {heading}";
            }

            yield return $"  {Shortened(line[(colon + 2)..])}";
        }

        if (evidence.FirstOrDefault(line => !IsLog(line)) is { } other)
        {
            yield return Shortened(other);
        }
    }

    private static bool IsLog(string line) => line.StartsWith("log of ", StringComparison.Ordinal) && line.Contains(": ", StringComparison.Ordinal);

    private static string Shortened(string line) => line.Length > LongestLine ? line[..LongestLine] + "…" : line;

    private static string Word(FindingSeverity severity, int count) => (severity, count) switch
    {
        (FindingSeverity.Critical, _) => "critical",
        (FindingSeverity.Warning, 1) => "warning",
        (FindingSeverity.Warning, _) => "warnings",
        _ => "for information",
    };
}
