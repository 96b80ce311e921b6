using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>
/// Changes an object only if it still is what the plan was made for: one JSON Patch whose tests of uid and resource version
/// the server checks together with the change.
/// </summary>
internal static class ConditionalPatch
{
    /// <summary>Pods that fail move the resource version many times a minute; each time only the status was written.</summary>
    private const int MostAttempts = 8;

    /// <summary>ObjectChanged says what moved. OutcomeUnknown.</summary>
    public static Task<DeploymentSnapshot> SendAsync(
        DeploymentReader reader, DeploymentMark planned, bool replicasMayMove, Func<DeploymentSnapshot, JsonArray> change, CancellationToken cancellationToken) =>
        SendAsync(reader, now => planned.MovedIn(now, replicasMayMove), change, cancellationToken);

    /// <summary>The same for an object of any kind.</summary>
    public static async Task<T> SendAsync<T>(
        IPatchTarget<T> target, Func<T, IReadOnlyList<string>> movedIn, Func<T, JsonArray> change, CancellationToken cancellationToken)
        where T : IStoredObject
    {
        for (var attempt = 1; ; attempt++)
        {
            var now = await target.ReadAsync(cancellationToken);
            if (movedIn(now) is { Count: > 0 } moved)
            {
                throw Changed(target.Place, target.Name, moved);
            }

            JsonArray operations =
            [
                Operation("test", "/metadata/uid", now.Uid),
                Operation("test", "/metadata/resourceVersion", now.ResourceVersion),
                .. change(now).Select(operation => operation?.DeepClone()),
            ];
            try
            {
                return await target.PatchAsync(operations, cancellationToken);
            }
            catch (IncidentException failure) when (failure.Kind == FailureKind.ObjectChanged && attempt < MostAttempts)
            {
                // Read again: what moved is either the status alone, or something to stop for.
            }
        }
    }

    public static JsonObject Operation(string name, string path, JsonNode? value) => new() { ["op"] = name, ["path"] = path, ["value"] = value };

    /// <summary>Sets one annotation and leaves the team's as they are.</summary>
    public static JsonObject Annotation(string key, string value) => Operation("add", $"/metadata/annotations/{Escape(key)}", value);

    /// <summary>A key as one part of a JSON Pointer.</summary>
    public static string Escape(string key) => key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    public static IncidentException Changed(DeploymentReader reader, IReadOnlyList<string> moved) => Changed(reader.Place, reader.Name, moved);

    public static IncidentException Changed(string place, string name, IReadOnlyList<string> moved) => new(
        FailureKind.ObjectChanged,
        $"Nothing was changed: {place} is not what the plan was made for any more. Moved since: {string.Join("; ", moved)}.",
        name,
        advice: "Find out who changed it (another responder, a pipeline), then plan again.");
}
