using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>One limit or request of one container: what stands there, and what shall.</summary>
/// <param name="Container">Name.</param>
/// <param name="List"><c>limits</c> or <c>requests</c>.</param>
/// <param name="Resource"><c>memory</c> or <c>cpu</c>.</param>
/// <param name="Before">As the server keeps it; null for none.</param>
/// <param name="After">Null for none.</param>
internal sealed record ResourceEdit(string Container, string List, string Resource, string? Before, string? After)
{
    public const string Limits = "limits";
    public const string Requests = "requests";

    public string Field => $"{Resource} {(List == Limits ? "limit" : "request")} of container {Container}";

    public ResourceEdit Reversed() => this with { Before = After, After = Before };

    public PlannedChange Describe(string subject) => new(subject, Field, Before, After);

    /// <summary>What stands in a container now.</summary>
    public string? Present(JsonObject? container) => container.Text("resources", List, Resource);

    /// <summary>The same amount, however it is written: 1Gi is 1024Mi.</summary>
    public static bool Same(string? one, string? other) =>
        one == other || (Quantity.Of(JsonValue.Create(one)) is { } first && Quantity.Of(JsonValue.Create(other)) is { } second && first.Value == second.Value);

    /// <summary>Applies it to containers that are about to be sent, and says which operations do that to the live ones.</summary>
    /// <param name="containers">Of a pod or of its template.</param>
    /// <param name="path">Where they are in the object that is patched.</param>
    public IReadOnlyList<JsonObject> Apply(JsonArray containers, string path)
    {
        var at = containers.ToList().FindIndex(item => item.Text("name") == Container);
        var container = (JsonObject)containers[at]!;
        var operations = new List<JsonObject>();
        var resources = Map(container, "resources", $"{path}/{at}/resources");
        if (After is null)
        {
            if ((resources[List] as JsonObject)?.Remove(Resource) == true)
            {
                operations.Add(new JsonObject { ["op"] = "remove", ["path"] = $"{path}/{at}/resources/{List}/{Resource}" });
                if (resources[List] is JsonObject { Count: 0 })
                {
                    resources.Remove(List);
                }
            }

            return operations;
        }

        Map(resources, List, $"{path}/{at}/resources/{List}")[Resource] = After;
        operations.Add(ConditionalPatch.Operation("add", $"{path}/{at}/resources/{List}/{Resource}", After));
        return operations;

        JsonObject Map(JsonObject parent, string name, string place)
        {
            if (parent[name] is not JsonObject map)
            {
                parent[name] = map = [];
                operations.Add(ConditionalPatch.Operation("add", place, new JsonObject()));
            }

            return map;
        }
    }

    public JsonObject ToJson() => new()
    {
        ["container"] = Container,
        ["list"] = List,
        ["resource"] = Resource,
        ["before"] = Before,
        ["after"] = After,
    };

    public static ResourceEdit FromJson(JsonNode json) =>
        new(json.Text("container") ?? "", json.Text("list") ?? Limits, json.Text("resource") ?? "", json.Text("before"), json.Text("after"));
}
