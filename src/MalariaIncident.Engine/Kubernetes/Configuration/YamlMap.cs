using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// A YAML mapping as plain strings, lists and maps. Read with YamlDotNet's event parser: its object deserialiser costs a third of
/// a second on the first call of a process, which is what an operator waits for.
/// </summary>
internal sealed class YamlMap
{
    private readonly Dictionary<string, object?> entries = new(StringComparer.Ordinal);

    public IEnumerable<string> Keys => entries.Keys;

    /// <summary>The text of a scalar; null where it is absent, null or empty.</summary>
    public string? Text(string key) => entries.GetValueOrDefault(key) is string { Length: > 0 } text ? text : null;

    public bool Flag(string key) => string.Equals(Text(key), "true", StringComparison.OrdinalIgnoreCase);

    public YamlMap? Map(string key) => entries.GetValueOrDefault(key) as YamlMap;

    public IReadOnlyList<object?> List(string key) => entries.GetValueOrDefault(key) as IReadOnlyList<object?> ?? [];

    public IEnumerable<YamlMap> Maps(string key) => List(key).OfType<YamlMap>();

    public IEnumerable<string> Texts(string key) => List(key).OfType<string>();

    /// <summary>The first document; an empty map for an empty one. Throws YamlException.</summary>
    public static YamlMap Parse(TextReader text)
    {
        var parser = new Parser(text);
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
        {
            return new YamlMap();
        }

        Mark start = parser.Current?.Start ?? Mark.Empty;
        return ReadNode(parser, []) switch
        {
            YamlMap map => map,
            null or "" => new YamlMap(),
            _ => throw new YamlException(start, start, "a mapping was expected"),
        };
    }

    private static object? ReadNode(Parser parser, Dictionary<AnchorName, object?> anchors)
    {
        if (parser.TryConsume<AnchorAlias>(out AnchorAlias? alias))
        {
            return anchors.TryGetValue(alias.Value, out object? known)
                ? known
                : throw new YamlException(alias.Start, alias.End, $"the anchor '{alias.Value}' is not defined before it is used");
        }

        if (parser.TryConsume<Scalar>(out Scalar? scalar))
        {
            bool isNull = scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null";
            return Keep(scalar.Anchor, isNull ? null : scalar.Value, anchors);
        }

        if (parser.TryConsume<SequenceStart>(out SequenceStart? sequence))
        {
            var items = new List<object?>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadNode(parser, anchors));
            }

            return Keep(sequence.Anchor, items, anchors);
        }

        MappingStart start = parser.Consume<MappingStart>();
        var map = new YamlMap();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Mark mark = parser.Current?.Start ?? Mark.Empty;
            string key = ReadNode(parser, anchors) as string ?? throw new YamlException(mark, mark, "a key must be a text");
            map.entries[key] = ReadNode(parser, anchors);
        }

        return Keep(start.Anchor, map, anchors);
    }

    private static T Keep<T>(AnchorName anchor, T node, Dictionary<AnchorName, object?> anchors)
    {
        if (!anchor.IsEmpty)
        {
            anchors[anchor] = node;
        }

        return node;
    }
}
