using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>
/// One variable of one container: the entry that stands there and the one that shall. Entries are kept whole, so that <c>valueFrom</c>,
/// an absent variable and its place in the list can be put back exactly.
/// </summary>
internal sealed record EnvironmentEdit
{
    public required string Container { get; init; }
    public required string Name { get; init; }
    public JsonObject? Before { get; init; }
    public JsonObject? After { get; init; }
    /// <summary>Place of the entry that was there; later variables may refer to earlier ones.</summary>
    public int? Position { get; init; }
    /// <summary>False where the container had no list at all.</summary>
    public bool HadList { get; init; } = true;

    public EnvironmentEdit Reversed() => this with { Before = After, After = Before };

    /// <summary>The entry that counts in a template: the last of that name.</summary>
    public JsonObject? Entry(PodTemplate template) => List(template) is { } list && Find(list) is >= 0 and var index ? (JsonObject)list[index]! : null;

    public static EnvironmentEdit Set(PodTemplate template, string container, string name, string value)
    {
        var edit = new EnvironmentEdit { Container = container, Name = name };
        var list = edit.List(template);
        var index = list is null ? -1 : edit.Find(list);
        return edit with
        {
            Before = index < 0 ? null : (JsonObject)list![index]!.DeepClone(),
            After = new JsonObject { ["name"] = name, ["value"] = value },
            Position = index < 0 ? null : index,
            HadList = list is not null,
        };
    }

    /// <summary>Applies it to a template that is about to be sent, and says which operations do that to the live one.</summary>
    public IEnumerable<JsonObject> Apply(JsonObject template)
    {
        var containers = template.At("spec", "containers") as JsonArray ?? [];
        var at = containers.ToList().FindIndex(item => item.Text("name") == Container);
        var container = (JsonObject)containers[at]!;
        var path = $"/spec/template/spec/containers/{at}/env";
        var list = container["env"] as JsonArray;
        var index = list is null ? -1 : Find(list);
        if (After is null)
        {
            if (index < 0)
            {
                return [];
            }

            list!.RemoveAt(index);
            if (list.Count > 0 || HadList)
            {
                return [Remove($"{path}/{index}")];
            }

            container.Remove("env");
            return [Remove(path)];
        }

        if (list is null)
        {
            container["env"] = new JsonArray(After.DeepClone());
            return [ConditionalPatch.Operation("add", path, new JsonArray(After.DeepClone()))];
        }

        if (index >= 0)
        {
            list[index] = After.DeepClone();
            return [ConditionalPatch.Operation("replace", $"{path}/{index}", After.DeepClone())];
        }

        var place = Math.Min(Position ?? list.Count, list.Count);
        list.Insert(place, After.DeepClone());
        return [ConditionalPatch.Operation("add", $"{path}/{place}", After.DeepClone())];
    }

    public PlannedChange Describe(string subject, JsonObject? now) =>
        new(subject, $"{Name} of container {Container}", ContainerDifference.EntryInWords(now), ContainerDifference.EntryInWords(After));

    public JsonObject ToJson() => new()
    {
        ["container"] = Container,
        ["name"] = Name,
        ["before"] = Before?.DeepClone(),
        ["after"] = After?.DeepClone(),
        ["position"] = Position,
        ["hadList"] = HadList,
    };

    public static EnvironmentEdit FromJson(JsonNode json) => new()
    {
        Container = json.Text("container") ?? "",
        Name = json.Text("name") ?? "",
        Before = json["before"] as JsonObject,
        After = json["after"] as JsonObject,
        Position = (int?)json.Number("position"),
        HadList = json.Text("hadList") != "false",
    };

    private JsonArray? List(PodTemplate template) => template.Container(Container)?["env"] as JsonArray;

    private int Find(JsonArray list) => list.ToList().FindLastIndex(item => item.Text("name") == Name);

    private static JsonObject Remove(string path) => new() { ["op"] = "remove", ["path"] = path };
}
