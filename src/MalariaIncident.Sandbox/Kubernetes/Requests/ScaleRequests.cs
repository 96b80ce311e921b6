using System.Text.Json.Nodes;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>The scale subresource: spec.replicas of a workload as an autoscaling/v1 Scale.</summary>
internal sealed class ScaleRequests(ClusterStore store, WriteRequests writes)
{
    public Task Get(ApiCall call, ResourceKind kind, ApiPath path) => call.Answer(Scale(writes.Existing(kind, path)));

    public Task Change(ApiCall call, ResourceKind kind, ApiPath path)
    {
        lock (store.Gate)
        {
            var before = writes.Existing(kind, path);
            var scale = Scale(before);
            var desired = call.Method == "PATCH"
                ? WriteRequests.Patched(call, scale)
                : call.Json() as JsonObject ?? throw ApiException.BadRequest("Object 'Kind' is missing in the body of the request");
            var replicas = desired["spec"]?["replicas"] is JsonValue value && value.TryGetValue(out int number) ? number : 0;
            if (replicas < 0)
                throw new ApiException(422, "Invalid", $"Scale.autoscaling \"{before.Name}\" is invalid: spec.replicas: Invalid value: {replicas}: must be greater than or equal to 0");
            var document = (JsonObject)JsonNode.Parse(before.Json.Span)!;
            document["spec"]!["replicas"] = replicas;
            var metadata = (JsonObject)document["metadata"]!;
            foreach (var precondition in (string[])["resourceVersion", "uid"])
                if (desired["metadata"]?[precondition] is { } wanted) metadata[precondition] = wanted.DeepClone();
            return call.Answer(Scale(writes.Commit(call, before, document)));
        }
    }

    private static JsonObject Scale(StoredObject stored)
    {
        var (replicas, current, selector) = stored.Typed switch
        {
            V1Deployment deployment => (deployment.Spec.Replicas, deployment.Status?.Replicas, deployment.Spec.Selector),
            V1ReplicaSet set => (set.Spec.Replicas, set.Status?.Replicas, set.Spec.Selector),
            _ => throw ApiException.UnknownPath(),
        };
        var text = string.Join(',', (selector.MatchLabels ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
        return new()
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = stored.Name,
                ["namespace"] = stored.Namespace,
                ["uid"] = stored.Uid,
                ["resourceVersion"] = stored.Version.ToString(),
                ["creationTimestamp"] = Rfc3339.ToSecond(stored.CreatedAt),
            },
            ["spec"] = new JsonObject { ["replicas"] = replicas ?? 1 },
            ["status"] = new JsonObject { ["replicas"] = current ?? 0, ["selector"] = text },
        };
    }
}
