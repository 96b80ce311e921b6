using System.Text.RegularExpressions;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>Groups messages that differ in numbers, ids and quoted values only. Bounded: past the limit what is new falls under one heading.</summary>
internal sealed partial class ErrorShapes
{
    private const int MostShapes = 2000;
    private const int LongestShape = 200;
    private const string Others = "(other messages)";

    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);

    public void Add(string pod, LogLevel level, string message)
    {
        var shape = Shape(message);
        if (!_groups.TryGetValue(shape, out var group))
        {
            if (_groups.Count >= MostShapes)
            {
                shape = Others;
            }

            if (!_groups.TryGetValue(shape, out group))
            {
                _groups[shape] = group = new Group(message, level);
            }
        }

        group.Count++;
        group.Pods.Add(pod);
    }

    public IReadOnlyList<ErrorShape> Top(int count) =>
        [.. _groups.OrderByDescending(pair => pair.Value.Count).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(count).Select(pair => new ErrorShape
        {
            Shape = pair.Key,
            Count = pair.Value.Count,
            Level = pair.Value.Level,
            Pods = pair.Value.Pods.Count,
            Example = pair.Value.Example,
        })];

    internal static string Shape(string message)
    {
        var start = message.Length > 2 * LongestShape ? message[..(2 * LongestShape)] : message;
        var shape = Changing().Replace(start, match => match.Value[0] is '"' or '\'' ? $"{match.Value[0]}…{match.Value[0]}" : "#");
        return shape.Length > LongestShape ? shape[..LongestShape] + "…" : shape;
    }

    // Quoted values, UUIDs, hashes and other long hex, numbers with what belongs to them (12.5ms, 10.0.0.1).
    [GeneratedRegex("""
        "[^"]*"|'[^']*'|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|\b0x[0-9a-fA-F]+\b|\b(?=[a-f]*[0-9])[0-9a-f]{8,}\b|[0-9]+(?:[.:,][0-9]+)*
        """, RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace, 1000)]
    private static partial Regex Changing();

    private sealed class Group(string example, LogLevel level)
    {
        public long Count { get; set; }
        public HashSet<string> Pods { get; } = new(StringComparer.Ordinal);
        public string Example { get; } = example.Length > 500 ? example[..500] + "…" : example;
        public LogLevel Level { get; } = level;
    }
}
