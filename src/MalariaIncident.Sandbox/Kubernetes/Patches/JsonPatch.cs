using System.Text.Json.Nodes;

namespace MalariaIncident.Sandbox.Kubernetes.Patches;

/// <summary>RFC 6902. Anything that does not apply, a failed test first of all, rejects the whole patch.</summary>
internal static class JsonPatch
{
    public static JsonObject Apply(JsonObject document, JsonNode? patch)
    {
        if (patch is not JsonArray operations) throw ApiException.BadRequest("error decoding patch: a JSON patch is an array of operations");
        var root = new JsonObject { ["root"] = document.DeepClone() };
        foreach (var node in operations)
        {
            if (node is not JsonObject operation) throw ApiException.BadRequest("error decoding patch: an operation is an object");
            Apply(root, operation);
        }
        return root["root"] as JsonObject is { } result ? (JsonObject)result.DeepClone() : throw ApiException.PatchRejected();
    }

    private static void Apply(JsonObject root, JsonObject operation)
    {
        var path = Pointer(operation, "path");
        switch ((string?)operation["op"])
        {
            case "test":
                if (!JsonNode.DeepEquals(Read(root, path), operation["value"])) throw ApiException.PatchRejected();
                break;
            case "add":
                Add(root, path, operation["value"]?.DeepClone());
                break;
            case "replace":
                Read(root, path);
                Remove(root, path);
                Add(root, path, operation["value"]?.DeepClone());
                break;
            case "remove":
                Remove(root, path);
                break;
            case "move":
                var moved = Read(root, Pointer(operation, "from"))?.DeepClone();
                Remove(root, Pointer(operation, "from"));
                Add(root, path, moved);
                break;
            case "copy":
                Add(root, path, Read(root, Pointer(operation, "from"))?.DeepClone());
                break;
            default:
                throw ApiException.PatchRejected();
        }
    }

    private static string[] Pointer(JsonObject operation, string member)
    {
        if (operation[member] is not JsonValue value || !value.TryGetValue(out string? text)) throw ApiException.PatchRejected();
        if (text.Length > 0 && text[0] != '/') throw ApiException.PatchRejected();
        return [.. ("/root" + text).Split('/')[1..].Select(part => part.Replace("~1", "/").Replace("~0", "~"))];
    }

    private static JsonNode? Read(JsonNode root, string[] path)
    {
        JsonNode? node = root;
        foreach (var part in path)
            node = node switch
            {
                JsonObject members when members.TryGetPropertyValue(part, out var value) => value,
                JsonArray items when Index(items, part, items.Count - 1) is { } index => items[index],
                _ => throw ApiException.PatchRejected(),
            };
        return node;
    }

    private static void Add(JsonNode root, string[] path, JsonNode? value)
    {
        switch (Read(root, path[..^1]))
        {
            case JsonObject members:
                members[path[^1]] = value;
                break;
            case JsonArray items when path[^1] == "-":
                items.Add(value);
                break;
            case JsonArray items when Index(items, path[^1], items.Count) is { } index:
                items.Insert(index, value);
                break;
            default:
                throw ApiException.PatchRejected();
        }
    }

    private static void Remove(JsonNode root, string[] path)
    {
        switch (Read(root, path[..^1]))
        {
            case JsonObject members when members.Remove(path[^1]):
                break;
            case JsonArray items when Index(items, path[^1], items.Count - 1) is { } index:
                items.RemoveAt(index);
                break;
            default:
                throw ApiException.PatchRejected();
        }
    }

    private static int? Index(JsonArray items, string part, int last) =>
        int.TryParse(part, System.Globalization.NumberStyles.None, null, out var index) && index <= last && items.Count >= index ? index : null;
}
