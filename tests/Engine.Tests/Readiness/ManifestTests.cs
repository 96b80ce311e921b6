using MalariaIncident.Engine.Kubernetes.Access;
using MalariaIncident.Sandbox.Kubernetes.Security;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Readiness;

/// <summary>The manifests that ship, against the one table of what the commands send: nothing missing, nothing beyond.</summary>
public sealed class ManifestTests
{
    private const string Home = ProductionNames.Namespace;

    private static readonly string?[] PodKinds = [null, "pod", "service", "statefulset", "deployment"];

    private static IReadOnlyList<CommandNeed> Needs { get; } =
        [.. CommandPermissions.All.Values.SelectMany(needs => needs), .. PodKinds.SelectMany(CommandPermissions.ThroughPods)];

    [Fact]
    public void The_reader_may_do_what_the_looking_commands_read_and_nothing_else()
        => Assert.Equal(Wanted(GrantedBy.Reader), Granted("incident-reader.yaml"));

    [Fact]
    public void The_operator_may_do_in_addition_what_the_changing_commands_send_and_nothing_else()
        => Assert.Equal(Wanted(GrantedBy.Operator), Granted("incident-operator.yaml"));

    [Theory]
    [InlineData("optional/pod-exec.yaml", 2)]
    [InlineData("optional/pod-portforward.yaml", 3)]
    public void What_is_optional_grants_what_is_needed_beside_the_reader_and_nothing_else(string manifest, int count)
    {
        var by = manifest.Contains("exec", StringComparison.Ordinal) ? GrantedBy.PodExec : GrantedBy.PodPortForward;
        var granted = Granted(manifest);
        Assert.Equal(Wanted(by).Except(Wanted(GrantedBy.Reader)), granted);
        Assert.Equal(count, granted.Count);
    }

    [Fact]
    public void Nothing_that_ships_reads_secrets_but_by_name_or_holds_for_a_verb_or_resource_that_is_not_named()
    {
        string[] all = ["incident-reader.yaml", "incident-operator.yaml", "optional/pod-exec.yaml", "optional/pod-portforward.yaml", "optional/secret-reference.yaml"];
        var grants = all.SelectMany(name => RoleManifest.Read(RoleManifest.Shipped(name), Home)).ToList();
        Assert.DoesNotContain(grants, grant => grant.Groups.Concat(grant.Resources).Concat(grant.Verbs).Contains("*"));
        Assert.All(grants.Where(grant => grant.Resources.Contains("secrets")), grant => Assert.NotEmpty(grant.Names));
        Assert.All(grants.Where(grant => grant.Namespace is null), grant => Assert.DoesNotContain(grant.Verbs, verb => verb is not ("get" or "list")));
    }

    [Fact]
    public void Every_permission_is_granted_by_one_manifest_only()
    {
        var twice = Needs.Where(need => need.By is GrantedBy.Reader or GrantedBy.Operator).GroupBy(need => need.Permission)
            .Where(group => group.Select(need => need.By).Distinct().Count() > 1);
        Assert.Empty(twice.Select(group => group.Key.ToString()));
    }

    private static List<string> Wanted(GrantedBy by) =>
        [.. Needs.Where(need => need.By == by).Select(need => $"{need.Permission} {need.Permission.Reach}").Distinct().Order(StringComparer.Ordinal)];

    private static List<string> Granted(string manifest) =>
    [
        .. RoleManifest.Read(RoleManifest.Shipped(manifest), Home)
            .SelectMany(grant => from api in grant.Groups
                                 from resource in grant.Resources
                                 from verb in grant.Verbs
                                 select $"{new ClusterPermission(verb, api, resource)} {(grant.Namespace is null ? PermissionReach.Cluster : PermissionReach.Namespace)}")
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];
}
