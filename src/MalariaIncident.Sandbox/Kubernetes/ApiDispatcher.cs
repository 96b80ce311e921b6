using MalariaIncident.Sandbox.Kubernetes.Requests;
using MalariaIncident.Sandbox.Kubernetes.Security;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Kubernetes.Tables;

namespace MalariaIncident.Sandbox.Kubernetes;

/// <summary>From method and path to the handler, after the question whether the caller may.</summary>
internal sealed class ApiDispatcher
{
    private readonly AccessRules _access;
    private readonly ReadRequests _reads;
    private readonly WatchRequests _watches;
    private readonly WriteRequests _writes;
    private readonly ScaleRequests _scales;
    private readonly DeleteRequests _deletes;
    private readonly AccessReviews _reviews;
    private readonly MetricsRequests _metrics;
    private readonly PodServices _pods;

    public ApiDispatcher(ClusterStore store, AccessRules access, ListQuery lists, PodServices pods, TimeProvider clock)
    {
        var tables = new TableWriter(clock);
        _access = access;
        _reads = new(store, lists, tables);
        _watches = new(store, tables);
        Resizes = new(store);
        _writes = new(store, Resizes);
        _scales = new(store, _writes);
        _deletes = new(store, lists, _writes);
        _reviews = new(access);
        _metrics = new(store);
        _pods = pods;
    }

    public bool MetricsAvailable { get; set; } = true;

    public PodResizes Resizes { get; }

    public Task Dispatch(ApiCall call)
    {
        var text = call.Http.Request.Path.Value ?? "/";
        if (text is "/healthz" or "/livez" or "/readyz") return call.Answer("ok"u8.ToArray(), contentType: "text/plain; charset=utf-8");
        if (Discovery.Find(text, call.Http.Request.Host.Value ?? "") is { } discovery)
        {
            if (!Resizes.Available) Discovery.Withhold(discovery, "pods/resize");
            return call.Method is "GET" or "HEAD" ? call.Answer(discovery) : throw ApiException.MethodNotAllowed();
        }
        var path = ApiPath.Parse(text) ?? throw ApiException.UnknownPath();
        if (path is { Group: "authorization.k8s.io", Version: "v1", Resource: "selfsubjectaccessreviews", Name: null })
            return call.Method == "POST" ? _reviews.Review(call) : throw ApiException.MethodNotAllowed();
        if (path is { Group: "metrics.k8s.io", Version: "v1beta1", Resource: "nodes" or "pods", Subresource: null })
        {
            if (!MetricsAvailable) throw new ApiException(503, "ServiceUnavailable", "the server is currently unable to handle the request");
            Authorize(call, path, path.Name is null ? "list" : "get");
            return call.Method == "GET" ? _metrics.Answer(call, path) : throw ApiException.MethodNotAllowed();
        }
        var kind = path.Kind ?? throw ApiException.UnknownPath();
        if (kind.Namespaced ? path is { Namespace: null, Name: not null } : path.Namespace is not null) throw ApiException.UnknownPath();
        if (path.Subresource is not null && kind.Subresources.All(subresource => subresource.Name != path.Subresource)) throw ApiException.UnknownPath();
        return path.Subresource is null or "status" ? Object(call, kind, path) : Subresource(call, kind, path);
    }

    private Task Object(ApiCall call, ResourceKind kind, ApiPath path)
    {
        var watching = call.Method == "GET" && call.Flag("watch");
        var verb = (call.Method, path.Name) switch
        {
            ("GET" or "HEAD", null) => watching ? "watch" : "list",
            ("GET" or "HEAD", _) => watching ? "watch" : "get",
            ("POST", null) => "create",
            ("PUT", not null) => "update",
            ("PATCH", not null) => "patch",
            ("DELETE", null) => "deletecollection",
            ("DELETE", _) => "delete",
            _ => throw ApiException.MethodNotAllowed(),
        };
        if (!kind.Verbs.Contains(verb) || (kind.Namespaced && path.Namespace is null && verb is "create" or "deletecollection")) throw ApiException.MethodNotAllowed();
        if (path.Subresource is not null && verb is not ("get" or "update" or "patch")) throw ApiException.MethodNotAllowed();
        Authorize(call, path, verb);
        return verb switch
        {
            "get" => _reads.Get(call, kind, path),
            "list" => _reads.List(call, kind, path),
            "watch" => _watches.Watch(call, kind, path),
            "create" => _writes.Create(call, kind, path),
            "update" => _writes.Update(call, kind, path),
            "patch" => _writes.Patch(call, kind, path),
            "delete" => _deletes.Delete(call, kind, path),
            _ => _deletes.DeleteCollection(call, kind, path),
        };
    }

    private Task Subresource(ApiCall call, ResourceKind kind, ApiPath path)
    {
        switch (path.Subresource, call.Method)
        {
            case ("scale", "GET"):
                Authorize(call, path, "get");
                return _scales.Get(call, kind, path);
            case ("scale", "PUT" or "PATCH"):
                Authorize(call, path, call.Method == "PUT" ? "update" : "patch");
                return _scales.Change(call, kind, path);
            case ("resize", "GET" or "PUT" or "PATCH") when Resizes.Available:
                Authorize(call, path, call.Method == "GET" ? "get" : call.Method == "PUT" ? "update" : "patch");
                return call.Method == "GET" ? _reads.Get(call, kind, path) : call.Method == "PUT" ? _writes.Update(call, kind, path) : _writes.Patch(call, kind, path);
            case ("resize", _):
                throw ApiException.UnknownPath();
            case ("log", "GET"):
                Authorize(call, path, "get");
                return _pods.Logs.Answer(call, path);
            case ("exec", "GET" or "POST" or "CONNECT"):
                AuthorizeUpgrade(call, path);
                return _pods.Exec.Answer(call, path);
            case ("portforward", "GET" or "POST" or "CONNECT"):
                AuthorizeUpgrade(call, path);
                return _pods.PortForward.Answer(call, path);
            default:
                throw ApiException.MethodNotAllowed();
        }
    }

    /// <summary>A WebSocket begins as a GET, and since 1.35 needs the right to create as well.</summary>
    private void AuthorizeUpgrade(ApiCall call, ApiPath path)
    {
        if (call.Method == "GET") Authorize(call, path, "get");
        Authorize(call, path, "create");
    }

    private void Authorize(ApiCall call, ApiPath path, string verb)
    {
        var resource = path.Subresource is null ? path.Resource : $"{path.Resource}/{path.Subresource}";
        if (!_access.Allows(call.Identity, new(verb, path.Group, resource, path.Resource == "namespaces" ? path.Name : path.Namespace, path.Name)))
            throw ApiException.Forbidden(call.Identity.User, verb, path.Group, resource, path.Namespace, path.Name);
    }
}

/// <summary>What a kubelet answers.</summary>
internal sealed record PodServices(PodLogs Logs, PodExec Exec, PodPortForward PortForward);
