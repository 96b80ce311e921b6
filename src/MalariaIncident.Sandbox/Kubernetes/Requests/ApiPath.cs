using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>What a URL path names: kind, namespace, object, subresource.</summary>
internal sealed record ApiPath(string Group, string Version, string Resource, string? Namespace, string? Name, string? Subresource)
{
    public ResourceKind? Kind => ResourceKinds.Find(Group, Version, Resource);

    /// <summary>Null where the path is not one of a resource (discovery, version, health).</summary>
    public static ApiPath? Parse(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, version, rest) = parts switch
        {
            ["api", var core, .. var more] => ("", core, more),
            ["apis", var named, var level, .. var more] => (named, level, more),
            _ => ("", "", []),
        };
        return rest switch
        {
            [] => null,
            // The three below a namespace that are not objects in it.
            ["namespaces", var name] when group.Length == 0 => new(group, version, "namespaces", null, name, null),
            ["namespaces", var name, "status" or "finalize"] when group.Length == 0 => new(group, version, "namespaces", null, name, rest[2]),
            ["namespaces", var ns, var resource] => new(group, version, resource, ns, null, null),
            ["namespaces", var ns, var resource, var name] => new(group, version, resource, ns, name, null),
            ["namespaces", var ns, var resource, var name, var sub] => new(group, version, resource, ns, name, sub),
            [var resource] => new(group, version, resource, null, null, null),
            [var resource, var name] => new(group, version, resource, null, name, null),
            [var resource, var name, var sub] => new(group, version, resource, null, name, sub),
            _ => null,
        };
    }
}
