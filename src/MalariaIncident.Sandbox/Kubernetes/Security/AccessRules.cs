namespace MalariaIncident.Sandbox.Kubernetes.Security;

/// <summary>What somebody wants to do: a verb on a resource (<c>deployments/scale</c>), in a namespace or, where that is null, over all and beyond them.</summary>
internal sealed record AccessRequest(string Verb, string Group, string Resource, string? Namespace, string? Name);

/// <summary>Who may do what; the same rules answer SelfSubjectAccessReviews.</summary>
internal sealed class AccessRules
{
    private readonly List<(string Verb, string Resource)> _denied = [];
    private readonly List<RoleGrant> _grants = [];

    /// <summary>Takes a verb on a resource (<c>deployments</c>, <c>deployments/scale</c>, <c>*</c>) from everyone, administrators too.</summary>
    public void Deny(string verb, string resource)
    {
        lock (_denied) _denied.Add((verb, resource));
    }

    public void AllowAll()
    {
        lock (_denied) _denied.Clear();
    }

    /// <summary>Binds what manifests grant, their namespaced parts in one namespace, as <c>kubectl apply -n</c> does.</summary>
    public void Apply(string manifests, string ns) => _grants.AddRange(RoleManifest.Read(manifests, ns));

    public bool Allows(Identity identity, AccessRequest request)
    {
        lock (_denied)
            if (_denied.Exists(rule => (rule.Verb == "*" || rule.Verb == request.Verb) && (rule.Resource == "*" || rule.Resource == request.Resource))) return false;
        if (identity.Groups.Contains(Identity.Masters)) return true;
        if (identity != Identity.Viewer) return _grants.Exists(grant => grant.Allows(identity, request));
        return request.Verb is "get" or "list" or "watch" && request.Resource != "secrets" && !request.Resource.EndsWith("/exec", StringComparison.Ordinal)
            && !request.Resource.EndsWith("/portforward", StringComparison.Ordinal);
    }
}
