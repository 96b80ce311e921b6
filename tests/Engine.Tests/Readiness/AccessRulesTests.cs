using MalariaIncident.Sandbox.Kubernetes.Security;

namespace Engine.Tests.Readiness;

/// <summary>The sandbox judges as RBAC does: group, resource, verb, namespace and name all count.</summary>
public sealed class AccessRulesTests
{
    private const string Manifest =
        """
        kind: Role
        metadata: {name: r}
        rules:
        - apiGroups: [apps]
          resources: [deployments]
          verbs: [get, patch]
        - apiGroups: [""]
          resources: [secrets]
          resourceNames: [one]
          verbs: [get]
        ---
        kind: RoleBinding
        metadata: {name: r}
        roleRef: {kind: Role, name: r}
        subjects: [{kind: Group, name: malaria-incident-operators}]
        ---
        kind: ClusterRole
        metadata: {name: c}
        rules:
        - apiGroups: [""]
          resources: [nodes]
          verbs: [list]
        ---
        kind: ClusterRoleBinding
        metadata: {name: c}
        roleRef: {kind: ClusterRole, name: c}
        subjects: [{kind: Group, name: malaria-incident-operators}]
        """;

    [Theory]
    [InlineData("patch", "apps", "deployments", "here", "x", true)]
    [InlineData("patch", "", "deployments", "here", "x", false)]
    [InlineData("patch", "apps", "deployments/scale", "here", "x", false)]
    [InlineData("delete", "apps", "deployments", "here", "x", false)]
    [InlineData("patch", "apps", "deployments", "there", "x", false)]
    [InlineData("patch", "apps", "deployments", null, "x", false)]
    [InlineData("get", "", "secrets", "here", "one", true)]
    [InlineData("get", "", "secrets", "here", "two", false)]
    [InlineData("list", "", "secrets", "here", null, false)]
    [InlineData("list", "", "nodes", null, null, true)]
    [InlineData("get", "", "nodes", null, "n", false)]
    public void A_request_is_judged_by_all_that_it_names(string verb, string group, string resource, string? ns, string? name, bool allowed)
    {
        var rules = new AccessRules();
        rules.Apply(Manifest, "here");
        Assert.Equal(allowed, rules.Allows(Identity.Operator, new(verb, group, resource, ns, name)));
        Assert.False(rules.Allows(Identity.Reader, new(verb, group, resource, ns, name)));
        Assert.True(rules.Allows(Identity.Admin, new(verb, group, resource, ns, name)));
    }
}
