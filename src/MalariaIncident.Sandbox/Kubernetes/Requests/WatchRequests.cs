using System.Text;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Kubernetes.Tables;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>watch: changes as lines of JSON, with bookmarks, ended by a 410 event when the history no longer reaches back.</summary>
internal sealed class WatchRequests(ClusterStore store, TableWriter tables)
{
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromSeconds(5);

    public async Task Watch(ApiCall call, ResourceKind kind, ApiPath path)
    {
        if (call.Query("sendInitialEvents") is not null)
            throw new ApiException(422, "Invalid", "ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled");
        var labels = LabelSelector.Parse(call.Query("labelSelector"));
        var fields = FieldSelector.Parse(call.Query("fieldSelector"), kind);
        bool Selected(StoredObject? item) => item is not null && (path.Namespace is null || item.Namespace == path.Namespace)
            && (path.Name is null || item.Name == path.Name) && labels.Matches(item.Labels) && fields.Matches(item);

        var stream = new EventStream(call, kind, tables, TableRequest.From(call));
        var version = Start(call, kind, path, out var initial);
        if (version < store.OldestWatchable)
        {
            await stream.Begin();
            await stream.Fail(ApiException.TooOld(version, store.OldestWatchable));
            return;
        }
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        if (call.Number("timeoutSeconds") is { } seconds and > 0) deadline.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            await stream.Begin();
            foreach (var item in initial.Where(Selected)) await stream.Send("ADDED", item);
            while (true)
            {
                var changes = store.ChangesAfter(version, out var current, out var next);
                if (changes is null)
                {
                    await stream.Fail(ApiException.TooOld(version, store.OldestWatchable));
                    return;
                }
                foreach (var change in changes.Where(change => change.Object.Kind == kind))
                    if (Translate(change, Selected) is { } type) await stream.Send(type, change.Object);
                version = current;
                while (!next.IsCompleted)
                {
                    var pause = Task.Delay(BookmarkInterval, deadline.Token);
                    if (await Task.WhenAny(next, pause) == next) break;
                    await pause;
                    if (call.Flag("allowWatchBookmarks")) await stream.Bookmark(version);
                }
                deadline.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // The client left, or its timeoutSeconds are over: a watch ends without a word.
        }
    }

    private long Start(ApiCall call, ResourceKind kind, ApiPath path, out IReadOnlyList<StoredObject> initial)
    {
        initial = [];
        if (call.Query("resourceVersion") is { Length: > 0 } text && text != "0")
            return long.TryParse(text, out var version) ? version : throw ApiException.BadRequest($"Invalid value: \"{text}\": resourceVersion");
        initial = store.List(kind, path.Namespace, out var now);
        return now;
    }

    /// <summary>An object that begins or ceases to match the selector is added or deleted as far as this watch is concerned.</summary>
    private static string? Translate(StoreChange change, Func<StoredObject?, bool> selected) => change.Type switch
    {
        ChangeType.Added => selected(change.Object) ? "ADDED" : null,
        ChangeType.Deleted => selected(change.Object) ? "DELETED" : null,
        _ => (selected(change.Before), selected(change.Object)) switch
        {
            (true, true) => "MODIFIED",
            (false, true) => "ADDED",
            (true, false) => "DELETED",
            _ => null,
        },
    };

    private sealed class EventStream(ApiCall call, ResourceKind kind, TableWriter tables, TableRequest? table)
    {
        public Task Begin()
        {
            call.Http.Response.ContentType = "application/json";
            return call.Http.Response.Body.FlushAsync(call.Aborted);
        }

        public Task Send(string type, StoredObject item) =>
            Write(type, table is null ? item.Json : tables.Write(kind, new([item], item.Version, null, null), table));

        public Task Bookmark(long version) => Write("BOOKMARK", Encoding.UTF8.GetBytes(
            table is null
                ? $"{{\"kind\":\"{kind.Kind}\",\"apiVersion\":\"{kind.ApiVersion}\",\"metadata\":{{\"resourceVersion\":\"{version}\",\"creationTimestamp\":null}}}}"
                : $"{{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{{\"resourceVersion\":\"{version}\"}},\"columnDefinitions\":[],\"rows\":[]}}"));

        public Task Fail(ApiException exception) => Write("ERROR", Encoding.UTF8.GetBytes(exception.ToStatus().ToJsonString()));

        private async Task Write(string type, ReadOnlyMemory<byte> json)
        {
            var body = call.Http.Response.Body;
            await body.WriteAsync(Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"), call.Aborted);
            await body.WriteAsync(json, call.Aborted);
            await body.WriteAsync("}\n"u8.ToArray(), call.Aborted);
            await body.FlushAsync(call.Aborted);
        }
    }
}
