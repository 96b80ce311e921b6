using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Patches;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>create, update, patch: optimistic concurrency, defaults, validation and generations as the server does them.</summary>
internal sealed class WriteRequests(ClusterStore store, PodResizes resizes)
{
    public Task Create(ApiCall call, ResourceKind kind, ApiPath path)
    {
        var value = Parse(kind, AsObject(call.Json(), kind));
        var metadata = value.Metadata ??= new();
        if (metadata.NamespaceProperty is { Length: > 0 } ns && ns != path.Namespace)
            throw ApiException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        if (metadata.Name is null && metadata.GenerateName is null)
            throw ApiException.Invalid(kind, "", "metadata.name", "FieldValueRequired", "Required value: name or generateName is required");
        if (metadata.ResourceVersion is { Length: > 0 }) throw ApiException.BadRequest("resourceVersion should not be set on objects to be created");
        lock (store.Gate)
        {
            if (kind.Namespaced && store.Find(ResourceKinds.Namespaces, "", path.Namespace!) is null)
                throw ApiException.NotFound(ResourceKinds.Namespaces, path.Namespace!);
            metadata.NamespaceProperty = path.Namespace;
            (metadata.Uid, metadata.CreationTimestamp, metadata.Generation, metadata.DeletionTimestamp) = (null, null, null, null);
            store.Complete(kind, value);
            if (store.Find(kind, path.Namespace ?? "", metadata.Name!) is not null) throw ApiException.AlreadyExists(kind, metadata.Name!);
            Defaults.Apply(value);
            Validation.Check(kind, value, null);
            return call.Answer(call.DryRun ? new StoredObject(kind, value, store.Version).Json : store.Add(kind, value).Json, 201);
        }
    }

    public Task Update(ApiCall call, ResourceKind kind, ApiPath path)
    {
        var desired = AsObject(call.Json(), kind);
        lock (store.Gate)
        {
            var before = Existing(kind, path);
            return call.Answer(Commit(call, before, desired, path.Subresource).Json);
        }
    }

    public Task Patch(ApiCall call, ResourceKind kind, ApiPath path)
    {
        lock (store.Gate)
        {
            var before = Existing(kind, path);
            var desired = Patched(call, (JsonObject)JsonNode.Parse(before.Json.Span)!);
            return call.Answer(Commit(call, before, desired, path.Subresource).Json);
        }
    }

    /// <summary>The document with the patch of the request applied, by its content type.</summary>
    public static JsonObject Patched(ApiCall call, JsonObject document)
    {
        var type = call.Http.Request.ContentType?.Split(';')[0].Trim() ?? "";
        return type switch
        {
            "application/json-patch+json" => JsonPatch.Apply(document, call.Json()),
            "application/merge-patch+json" => MergePatch.Apply(document, call.Json()),
            "application/strategic-merge-patch+json" => StrategicMergePatch.Apply(document, call.Json()),
            "application/apply-patch+yaml" or "application/apply-patch+cbor" => throw ApiException.NotImplemented("server-side apply"),
            _ => throw ApiException.UnsupportedMediaType(type,
                "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"),
        };
    }

    public StoredObject Existing(ResourceKind kind, ApiPath path) =>
        store.Find(kind, path.Namespace ?? "", path.Name!) ?? throw ApiException.NotFound(kind, path.Name!);

    /// <summary>Replaces an object by a document that began as a copy of it. Under the gate.</summary>
    public StoredObject Commit(ApiCall call, StoredObject before, JsonObject desired, string? subresource = null)
    {
        var kind = before.Kind;
        var current = (JsonObject)JsonNode.Parse(before.Json.Span)!;
        if (subresource == "status")
        {
            CheckVersion(before, desired["metadata"] as JsonObject);
            current["status"] = desired["status"]?.DeepClone();
            // The door for controllers: they keep their annotations up through it.
            if (desired["metadata"]?["annotations"] is { } annotations) current["metadata"]!["annotations"] = annotations.DeepClone();
            desired = current;
        }
        else if (kind.HasStatus)
        {
            if (subresource == "resize") desired = PodResizes.Restrict(current, desired);
            desired.Remove("status");
            if (current["status"] is { } status) desired["status"] = status.DeepClone();
        }
        CheckVersion(before, desired["metadata"] as JsonObject);
        var value = Parse(kind, desired);
        var (metadata, old) = (value.Metadata ??= new(), before.Typed.Metadata);
        if (metadata.Name != before.Name)
            throw ApiException.BadRequest($"the name of the object ({metadata.Name}) does not match the name on the URL ({before.Name})");
        (metadata.Uid, metadata.CreationTimestamp, metadata.NamespaceProperty, metadata.Generation, metadata.DeletionTimestamp) =
            (old.Uid, old.CreationTimestamp, old.NamespaceProperty, old.Generation, old.DeletionTimestamp);
        Defaults.Apply(value);
        Validation.Check(kind, value, before.Typed);
        if (subresource == "resize") resizes.Check(before, (V1Pod)value);
        if (kind.HasGeneration && subresource != "status" && IsNewGeneration(value, current)) metadata.Generation = (old.Generation ?? 0) + 1;
        return call.DryRun ? new StoredObject(kind, value, before.Version) : store.Replace(before, value);
    }

    /// <summary>A new spec; of deployments new annotations as well, since those are copied to the ReplicaSet (pkg/registry/apps/deployment/strategy.go).</summary>
    private static bool IsNewGeneration(IKubernetesObject<V1ObjectMeta> value, JsonObject before)
    {
        var after = JsonNode.Parse(KubernetesJson.Serialize(value))!;
        return !JsonNode.DeepEquals(after["spec"], before["spec"])
            || (value is V1Deployment && !JsonNode.DeepEquals(after["metadata"]!["annotations"], before["metadata"]!["annotations"]));
    }

    private static void CheckVersion(StoredObject before, JsonObject? metadata)
    {
        if ((string?)metadata?["uid"] is { Length: > 0 } uid && uid != before.Uid)
            throw ApiException.UidConflict(before.Kind, before.Name, uid, before.Uid);
        if ((string?)metadata?["resourceVersion"] is not { Length: > 0 } version) return;
        if (version != before.Version.ToString()) throw ApiException.Conflict(before.Kind, before.Name);
    }

    private static JsonObject AsObject(JsonNode? body, ResourceKind kind)
    {
        if (body is not JsonObject members) throw ApiException.BadRequest("Object 'Kind' is missing in the body of the request");
        if (members["kind"] is { } found && (string?)found != kind.Kind)
            throw ApiException.BadRequest($"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {found}");
        return members;
    }

    private static IKubernetesObject<V1ObjectMeta> Parse(ResourceKind kind, JsonObject document)
    {
        try
        {
            return kind.Parse(Encoding.UTF8.GetBytes(document.ToJsonString()));
        }
        catch (Exception exception) when (exception is JsonException or FormatException or NotSupportedException or InvalidOperationException)
        {
            throw ApiException.BadRequest($"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: {exception.Message}");
        }
    }
}
