namespace MalariaIncident.Sandbox.Kubernetes.Security;

/// <summary>Who may do what; the same rules answer SelfSubjectAccessReviews.</summary>
internal sealed class AccessRules
{
    private readonly List<(string Verb, string Resource)> _denied = [];

    /// <summary>Takes a verb on a resource (<c>deployments</c>, <c>deployments/scale</c>, <c>*</c>) from everyone, administrators too.</summary>
    public void Deny(string verb, string resource)
    {
        lock (_denied) _denied.Add((verb, resource));
    }

    public void AllowAll()
    {
        lock (_denied) _denied.Clear();
    }

    public bool Allows(Identity identity, string verb, string resource)
    {
        lock (_denied)
            if (_denied.Exists(rule => (rule.Verb == "*" || rule.Verb == verb) && (rule.Resource == "*" || rule.Resource == resource))) return false;
        if (identity.Groups.Contains(Identity.Masters)) return true;
        return verb is "get" or "list" or "watch" && resource != "secrets" && !resource.EndsWith("/exec", StringComparison.Ordinal)
            && !resource.EndsWith("/portforward", StringComparison.Ordinal);
    }
}
