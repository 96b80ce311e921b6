using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Replicas wanted before and afterwards.</summary>
internal sealed record ReplicaChange(int Before, int After)
{
    public JsonObject ToJson() => new() { ["before"] = Before, ["after"] = After };

    public static ReplicaChange? FromJson(JsonNode? json) =>
        json.Number("before") is { } before && json.Number("after") is { } after ? new ReplicaChange((int)before, (int)after) : null;
}
