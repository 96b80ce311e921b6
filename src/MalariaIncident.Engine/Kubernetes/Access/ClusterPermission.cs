namespace MalariaIncident.Engine.Kubernetes.Access;

/// <summary>Where a permission has to hold.</summary>
internal enum PermissionReach
{
    /// <summary>In the namespace of the application.</summary>
    Namespace,
    /// <summary>For what belongs to no namespace, and over all of them.</summary>
    Cluster,
}

/// <summary>A verb on a resource, as RBAC knows it.</summary>
/// <param name="Verb">get, list, watch, create, patch.</param>
/// <param name="Group">API group; empty for the core.</param>
/// <param name="Resource">Plural, a subresource after a slash: <c>pods/log</c>.</param>
/// <param name="Reach">Where.</param>
internal sealed record ClusterPermission(string Verb, string Group, string Resource, PermissionReach Reach = PermissionReach.Namespace)
{
    /// <summary><c>patch deployments.apps</c>, <c>get pods/log</c>: as <c>kubectl auth can-i</c> takes it.</summary>
    public override string ToString()
    {
        var slash = Resource.IndexOf('/', StringComparison.Ordinal);
        var (resource, sub) = slash < 0 ? (Resource, "") : (Resource[..slash], Resource[slash..]);
        return $"{Verb} {resource}{(Group.Length == 0 ? "" : "." + Group)}{sub}";
    }
}

/// <summary>Which manifest grants it.</summary>
internal enum GrantedBy
{
    /// <summary><c>kubernetes/incident-reader.yaml</c></summary>
    Reader,
    /// <summary><c>kubernetes/incident-operator.yaml</c></summary>
    Operator,
    /// <summary><c>kubernetes/optional/pod-exec.yaml</c></summary>
    PodExec,
    /// <summary><c>kubernetes/optional/pod-portforward.yaml</c></summary>
    PodPortForward,
}

/// <summary>What a command needs of a cluster.</summary>
/// <param name="Permission">What it sends.</param>
/// <param name="Without">What it cannot do without, as the end of a sentence; null where it cannot work at all.</param>
/// <param name="By">Which manifest grants it.</param>
internal sealed record CommandNeed(ClusterPermission Permission, string? Without, GrantedBy By)
{
    public bool IsRequired => Without is null;
}
