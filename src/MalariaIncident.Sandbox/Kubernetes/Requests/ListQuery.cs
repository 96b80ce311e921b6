using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>One page of a list.</summary>
internal sealed record ListPage(IReadOnlyList<StoredObject> Items, long Version, string? Continue, int? Remaining);

/// <summary>Lists with selectors and pages. A later page comes from the snapshot that the first one began.</summary>
internal sealed class ListQuery(ClusterStore store)
{
    private const int SnapshotLimit = 128;
    private readonly Dictionary<string, (IReadOnlyList<StoredObject> Items, long Version)> _snapshots = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public ListPage Read(ApiCall call, ResourceKind kind, ApiPath path)
    {
        var limit = call.Number("limit") ?? 0;
        if (call.Query("continue") is { Length: > 0 } token) return Continue(token, limit);
        CheckVersion(call);
        var labels = LabelSelector.Parse(call.Query("labelSelector"));
        var fields = FieldSelector.Parse(call.Query("fieldSelector"), kind);
        var all = store.List(kind, path.Namespace, out var version);
        var items = all.Where(item => labels.Matches(item.Labels) && fields.Matches(item) && (path.Name is null || item.Name == path.Name)).ToList();
        return Page(items, version, 0, limit, null);
    }

    /// <summary>Every continue token given so far is answered with 410.</summary>
    public void Expire()
    {
        lock (_snapshots)
        {
            _snapshots.Clear();
            _order.Clear();
        }
    }

    private void CheckVersion(ApiCall call)
    {
        if (call.Query("resourceVersion") is not { Length: > 0 } text) return;
        if (!long.TryParse(text, out var version))
            throw ApiException.BadRequest($"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");
        if (call.Query("resourceVersionMatch") == "Exact" && version < store.OldestWatchable) throw ApiException.TooOld(version, store.OldestWatchable);
    }

    private ListPage Continue(string token, int limit)
    {
        try
        {
            var parsed = JsonNode.Parse(Convert.FromBase64String(token.Replace('-', '+').Replace('_', '/').PadRight((token.Length + 3) / 4 * 4, '=')))!;
            var (id, start) = ((string)parsed["id"]!, (int)parsed["start"]!);
            lock (_snapshots)
            {
                return _snapshots.TryGetValue(id, out var snapshot)
                    ? Page(snapshot.Items, snapshot.Version, start, limit, id)
                    : throw ApiException.ContinueExpired();
            }
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException or NullReferenceException)
        {
            throw ApiException.BadRequest("continue key is not valid: " + exception.Message);
        }
    }

    private ListPage Page(IReadOnlyList<StoredObject> items, long version, int start, int limit, string? id)
    {
        if (limit <= 0 || items.Count - start <= limit) return new(start == 0 ? items : [.. items.Skip(start)], version, null, null);
        id ??= Remember(items, version);
        var token = new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = version, ["start"] = start + limit, ["id"] = id };
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(token.ToJsonString())).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return new([.. items.Skip(start).Take(limit)], version, text, items.Count - start - limit);
    }

    private string Remember(IReadOnlyList<StoredObject> items, long version)
    {
        lock (_snapshots)
        {
            var id = Guid.NewGuid().ToString("N");
            _snapshots[id] = (items, version);
            _order.Enqueue(id);
            if (_order.Count > SnapshotLimit) _snapshots.Remove(_order.Dequeue());
            return id;
        }
    }
}
