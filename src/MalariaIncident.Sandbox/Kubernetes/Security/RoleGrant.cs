namespace MalariaIncident.Sandbox.Kubernetes.Security;

/// <summary>One rule of a role, bound to somebody.</summary>
/// <param name="Groups">API groups.</param>
/// <param name="Resources">Resources.</param>
/// <param name="Names">Objects that it is limited to; empty for all.</param>
/// <param name="Verbs">Verbs.</param>
/// <param name="Namespace">Where it holds; null everywhere.</param>
/// <param name="Subjects">Groups of people.</param>
internal sealed record RoleGrant(string[] Groups, string[] Resources, string[] Names, string[] Verbs, string? Namespace, string[] Subjects)
{
    public bool Allows(Identity identity, AccessRequest request) =>
        identity.Groups.Any(Subjects.Contains)
        && (Namespace is null || Namespace == request.Namespace)
        && Has(Groups, request.Group) && Has(Resources, request.Resource) && Has(Verbs, request.Verb)
        && (Names.Length == 0 || Names.Contains(request.Name));

    private static bool Has(string[] listed, string wanted) => listed.Contains(wanted) || listed.Contains("*");
}
