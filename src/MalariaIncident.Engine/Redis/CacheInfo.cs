using System.Globalization;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Redis;

/// <summary>INFO, taken apart. Servers differ in what they report; what is missing is null.</summary>
internal sealed class CacheInfo
{
    private readonly Dictionary<string, string> fields = new(StringComparer.Ordinal);

    public CacheInfo(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[0] != '#')
            {
                fields[line[..colon].Trim()] = line[(colon + 1)..].Trim();
            }
        }
    }

    public bool IsEmpty => fields.Count == 0;

    public string? Text(string name) => fields.TryGetValue(name, out var value) && value.Length > 0 ? PlainText.OneLine(value, 120) : null;

    public long? Number(string name) =>
        fields.TryGetValue(name, out var value) && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public double? Fraction(string name) =>
        fields.TryGetValue(name, out var value) && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Fields such as <c>slave0:ip=…,port=…</c>, each taken apart, in order of their number.</summary>
    public IEnumerable<(string Name, Dictionary<string, string> Parts)> Numbered(string prefix) => fields
        .Where(field => field.Key.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(field.Key.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .OrderBy(field => int.Parse(field.Key.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture))
        .Select(field => (field.Key, Parts(field.Value)));

    /// <summary>How often the server answered with this error since its statistics began (<c>errorstat_OOM:count=3</c>); 0 where it does not count.</summary>
    public long Errors(string name) =>
        fields.TryGetValue("errorstat_" + name, out var value) && Parts(value).TryGetValue("count", out var count)
        && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>Databases with their number of keys and of keys that expire.</summary>
    public IReadOnlyList<(int Database, long Keys, long Expiring)> Keyspace =>
    [
        .. Numbered("db").Select(database => (
            int.Parse(database.Name.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture), Count(database.Parts, "keys"), Count(database.Parts, "expires"))),
    ];

    private static long Count(Dictionary<string, string> parts, string name) =>
        parts.TryGetValue(name, out var value) && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static Dictionary<string, string> Parts(string value) => value
        .Split(',')
        .Select(part => part.Split('=', 2))
        .Where(part => part.Length == 2)
        .DistinctBy(part => part[0], StringComparer.Ordinal)
        .ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal);
}
