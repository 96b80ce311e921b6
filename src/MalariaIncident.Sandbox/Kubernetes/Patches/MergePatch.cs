using System.Text.Json.Nodes;

namespace MalariaIncident.Sandbox.Kubernetes.Patches;

/// <summary>RFC 7396: lists are replaced whole, which is why a merge patch of containers loses the others.</summary>
internal static class MergePatch
{
    public static JsonObject Apply(JsonObject document, JsonNode? patch)
    {
        if (patch is not JsonObject members) throw ApiException.BadRequest("error decoding patch: a merge patch is an object");
        return (JsonObject)Merge(document, members)!;
    }

    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject members) return patch?.DeepClone();
        var result = target is JsonObject existing ? (JsonObject)existing.DeepClone() : [];
        foreach (var (name, value) in members)
        {
            if (value is null) result.Remove(name);
            else result[name] = Merge(result[name], value);
        }
        return result;
    }
}
