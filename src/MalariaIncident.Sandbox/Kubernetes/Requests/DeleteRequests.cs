using System.Text.Json.Nodes;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>delete: pods end gracefully, everything else is gone at once and what it owned follows.</summary>
internal sealed class DeleteRequests(ClusterStore store, ListQuery lists, WriteRequests writes)
{
    public Task Delete(ApiCall call, ResourceKind kind, ApiPath path)
    {
        lock (store.Gate)
        {
            var stored = writes.Existing(kind, path);
            var options = call.Json() as JsonObject;
            if ((string?)options?["preconditions"]?["uid"] is { } uid && uid != stored.Uid) throw ApiException.UidConflict(kind, stored.Name, uid, stored.Uid);
            if ((string?)options?["preconditions"]?["resourceVersion"] is { } version && version != stored.Version.ToString()) throw ApiException.Conflict(kind, stored.Name);
            var grace = call.Number("gracePeriodSeconds") ?? (int?)options?["gracePeriodSeconds"];
            var dryRun = call.DryRun || options?["dryRun"] is JsonArray { Count: > 0 };
            var orphan = (string?)options?["propagationPolicy"] == "Orphan" || call.Query("propagationPolicy") == "Orphan";
            if (kind == ResourceKinds.Pods) return call.Answer(dryRun ? stored.Json : EndPod(stored, grace).Json);
            if (!dryRun) Remove(stored, orphan);
            return call.Answer(Success(kind, stored));
        }
    }

    public Task DeleteCollection(ApiCall call, ResourceKind kind, ApiPath path)
    {
        lock (store.Gate)
        {
            var grace = call.Number("gracePeriodSeconds") ?? (int?)(call.Json() as JsonObject)?["gracePeriodSeconds"];
            var page = lists.Read(call, kind, path);
            var items = new JsonArray();
            foreach (var stored in page.Items)
            {
                items.Add(JsonNode.Parse(stored.Json.Span));
                if (call.DryRun) continue;
                if (kind == ResourceKinds.Pods) EndPod(stored, grace);
                else Remove(stored, orphan: false);
            }
            return call.Answer(new JsonObject
            {
                ["kind"] = kind.Kind + "List",
                ["apiVersion"] = kind.ApiVersion,
                ["metadata"] = new JsonObject { ["resourceVersion"] = store.Version.ToString() },
                ["items"] = items,
            });
        }
    }

    private StoredObject EndPod(StoredObject stored, int? grace)
    {
        if (grace == 0)
        {
            store.Remove(stored);
            return stored;
        }
        return store.Update<V1Pod>(ResourceKinds.Pods, stored.Namespace, stored.Name, pod =>
        {
            pod.Metadata.DeletionTimestamp ??= store.Now.AddSeconds(grace ?? pod.Spec.TerminationGracePeriodSeconds ?? 30);
            pod.Metadata.DeletionGracePeriodSeconds ??= grace ?? pod.Spec.TerminationGracePeriodSeconds ?? 30;
        })!;
    }

    private void Remove(StoredObject stored, bool orphan)
    {
        store.Remove(stored);
        if (orphan) return;
        if (stored.Kind == ResourceKinds.Namespaces)
        {
            foreach (var kind in ResourceKinds.All.Where(kind => kind.Namespaced))
                foreach (var content in store.List(kind, stored.Name, out _)) store.Remove(content);
            return;
        }
        foreach (var kind in ResourceKinds.All.Where(kind => kind.Namespaced))
            foreach (var dependent in store.List(kind, stored.Namespace, out _).Where(item => item.Typed.Metadata.OwnerReferences?.Any(owner => owner.Uid == stored.Uid) == true))
            {
                if (kind == ResourceKinds.Pods) EndPod(dependent, null);
                else Remove(dependent, orphan: false);
            }
    }

    private static JsonObject Success(ResourceKind kind, StoredObject stored) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["details"] = new JsonObject { ["name"] = stored.Name, ["group"] = kind.Group, ["kind"] = kind.Plural, ["uid"] = stored.Uid },
    };
}
