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
        var labels = LabelSelector.Parse(call.Query("labelSelector"));
        var fields = FieldSelector.Parse(call.Query("fieldSelector"), kind);
        var token = call.Query("continue") is { Length: > 0 } text ? ContinueToken.Read(text) : null;
        var counted = string.IsNullOrEmpty(call.Query("labelSelector")) && fields.IsEmpty;
        if (token is { Snapshot: { } id })
        {
            lock (_snapshots)
            {
                return _snapshots.TryGetValue(id, out var snapshot)
                    ? Page(snapshot.Items, snapshot.Version, token.Start, limit, id, counted)
                    : throw ApiException.ContinueExpired((token with { Snapshot = null }).Write());
            }
        }
        if (token is null) CheckVersion(call);
        var all = store.List(kind, path.Namespace, out var version);
        var items = all.Where(item => labels.Matches(item.Labels) && fields.Matches(item) && (path.Name is null || item.Name == path.Name)
            && (token is null || string.CompareOrdinal(ContinueToken.KeyOf(item), token.Key) > 0)).ToList();
        return Page(items, version, 0, limit, null, counted);
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

    private ListPage Page(IReadOnlyList<StoredObject> items, long version, int start, int limit, string? id, bool counted)
    {
        if (limit <= 0 || items.Count - start <= limit) return new(start == 0 ? items : [.. items.Skip(start)], version, null, null);
        var token = new ContinueToken(id ?? Remember(items, version), start + limit, ContinueToken.KeyOf(items[start + limit - 1]), version);
        // With a selector a server does not know how many are left, and says nothing.
        return new([.. items.Skip(start).Take(limit)], version, token.Write(), counted ? items.Count - start - limit : null);
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
