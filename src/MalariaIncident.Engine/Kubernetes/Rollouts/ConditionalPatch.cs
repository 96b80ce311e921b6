using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>
/// Changes a deployment only if it still is what the plan was made for: one JSON Patch whose tests of uid and resource version
/// the server checks together with the change.
/// </summary>
internal static class ConditionalPatch
{
    /// <summary>Pods that fail move the resource version many times a minute; each time only the status was written.</summary>
    private const int MostAttempts = 8;

    /// <summary>ObjectChanged says what moved. OutcomeUnknown.</summary>
    public static async Task<DeploymentSnapshot> SendAsync(
        DeploymentReader reader, DeploymentMark planned, bool replicasMayMove, Func<DeploymentSnapshot, JsonArray> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var now = await reader.DeploymentAsync(cancellationToken);
            if (planned.MovedIn(now, replicasMayMove) is { Count: > 0 } moved)
            {
                throw Changed(reader, moved);
            }

            JsonArray operations =
            [
                Operation("test", "/metadata/uid", now.Uid),
                Operation("test", "/metadata/resourceVersion", now.ResourceVersion),
                .. change(now).Select(operation => operation?.DeepClone()),
            ];
            try
            {
                return await reader.PatchAsync(operations, cancellationToken);
            }
            catch (IncidentException failure) when (failure.Kind == FailureKind.ObjectChanged && attempt < MostAttempts)
            {
                // Read again: what moved is either the status alone, or something to stop for.
            }
        }
    }

    public static JsonObject Operation(string name, string path, JsonNode? value) => new() { ["op"] = name, ["path"] = path, ["value"] = value };

    /// <summary>Sets one annotation and leaves the team's as they are.</summary>
    public static JsonObject Annotation(string key, string value) =>
        Operation("add", $"/metadata/annotations/{key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}", value);

    public static IncidentException Changed(DeploymentReader reader, IReadOnlyList<string> moved) => new(
        FailureKind.ObjectChanged,
        $"Nothing was changed: {reader.Place} is not what the plan was made for any more. Moved since: {string.Join("; ", moved)}.",
        reader.Name,
        advice: "Find out who changed it (another responder, a pipeline), then plan again.");
}
