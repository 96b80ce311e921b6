using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Slots;

/// <summary>A service as one read showed it.</summary>
internal sealed class ServiceSnapshot(JsonObject content) : IStoredObject
{
    /// <summary>How many mitigations the annotation remembers, so that one is found again although others followed.</summary>
    private const int Remembered = 5;

    public JsonObject Content => content;
    public string Name => content.Text("metadata", "name") ?? "";
    public string Uid => content.Text("metadata", "uid") ?? "";
    public string ResourceVersion => content.Text("metadata", "resourceVersion") ?? "";
    public IReadOnlyDictionary<string, string> Selector { get; } = content.Map("spec", "selector");

    /// <summary>Ids of the mitigations that changed it, the last one last.</summary>
    public IReadOnlyList<string> Mitigations =>
        (content.Text("metadata", "annotations", DeploymentChange.MitigationAnnotation) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Ports that pods must have under a name to be led to.</summary>
    public IEnumerable<string> NamedPorts => content.Items("spec", "ports")
        .Select(port => port.Text("targetPort")).OfType<string>()
        .Where(port => port.Length > 0 && !port.All(char.IsAsciiDigit))
        .Distinct(StringComparer.Ordinal);

    /// <summary>The selector as people write it.</summary>
    public string SelectorInWords => InWords(Selector);

    public static string InWords(IReadOnlyDictionary<string, string> selector) =>
        selector.Count == 0 ? "(none)" : string.Join(",", selector.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));

    /// <summary>Writes the mitigation's id beside the earlier ones.</summary>
    public IEnumerable<JsonObject> Marks(string mitigationId)
    {
        if (content.At("metadata", "annotations") is null)
        {
            yield return ConditionalPatch.Operation("add", "/metadata/annotations", new JsonObject());
        }

        yield return ConditionalPatch.Annotation(DeploymentChange.MitigationAnnotation, string.Join(",", Mitigations.TakeLast(Remembered - 1).Append(mitigationId)));
    }
}
