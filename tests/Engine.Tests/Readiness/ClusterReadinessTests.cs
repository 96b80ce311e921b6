using MalariaIncident;

namespace Engine.Tests.Readiness;

/// <summary>What the checks in advance say of a cluster, to those who may everything, act, and look.</summary>
public sealed class ClusterReadinessTests(ReadinessWorld world) : IClassFixture<ReadinessWorld>
{
    [Fact]
    public async Task Who_may_everything_misses_nothing()
    {
        var checks = await world.CheckAsync("sandbox");
        Assert.DoesNotContain(checks, check => check.Status is ReadinessStatus.NotReady or ReadinessStatus.NotChecked);
        Assert.Contains("1.4.2", Of(checks, "Rollback target").Detail, StringComparison.Ordinal);
        Assert.Contains("green has 2 of 2 pods ready", Of(checks, "Slots").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_operator_misses_only_what_is_optional()
    {
        var permissions = (await world.CheckAsync("sandbox-operator")).Where(check => check.Area == ReadinessArea.Permissions).ToList();
        Assert.All(permissions.Where(check => check.Check != "Test-ServiceDependency"), check => Assert.Equal((check.Check, ReadinessStatus.Ready), (check.Check, check.Status)));
        var optional = Of(permissions, "Test-ServiceDependency");
        Assert.Equal(ReadinessStatus.Warning, optional.Status);
        Assert.Contains("create pods/exec", optional.Detail, StringComparison.Ordinal);
        Assert.Contains("optional/pod-exec.yaml", optional.Advice, StringComparison.Ordinal);
    }

    /// <summary>faults.md: 403 in part: preflight by SelfSubjectAccessReview names the missing verb and resource; zero writes.</summary>
    [Fact]
    public async Task Forbidden_in_part_the_missing_verb_and_resource_are_named_and_nothing_is_written()
    {
        var writes = world.Sandbox.Writes.Count;
        var permissions = (await world.CheckAsync("sandbox-reader")).Where(check => check.Area == ReadinessArea.Permissions).ToList();
        string[] acting = ["Invoke-EmergencyRollback", "Restart-Deployment", "Set-ResourceLimit", "Set-ServiceDegradation", "Set-ServiceScale", "Switch-DeploymentSlot", "Undo-Mitigation"];
        Assert.Equal(acting, permissions.Where(check => check.Status == ReadinessStatus.NotReady).Select(check => check.Check));
        Assert.StartsWith("Missing: patch deployments.apps in ", Of(permissions, "Invoke-EmergencyRollback").Detail, StringComparison.Ordinal);
        Assert.StartsWith("Missing: patch services in ", Of(permissions, "Switch-DeploymentSlot").Detail, StringComparison.Ordinal);
        Assert.Equal(writes, world.Sandbox.Writes.Count);
    }

    [Fact]
    public async Task The_reader_can_make_every_other_check()
        => Assert.DoesNotContain(
            await world.CheckAsync("sandbox-reader"),
            check => check.Area != ReadinessArea.Permissions && check.Status is ReadinessStatus.NotReady or ReadinessStatus.NotChecked && check.Area != ReadinessArea.Permissions);

    [Fact]
    public async Task Names_that_lead_nowhere_are_not_ready()
    {
        var checks = await world.CheckAsync("sandbox", scope => scope with { Deployment = "nothing", Environment = scope.Environment! with { Service = "nowhere", Pooler = "nobody" } });
        Assert.Equal(FailureKind.DeploymentNotFound, Of(checks, "Deployment").Failure);
        Assert.Equal(FailureKind.ServiceNotFound, Of(checks, "Service").Failure);
        Assert.Equal(FailureKind.DeploymentNotFound, Of(checks, "Pooler").Failure);
        Assert.DoesNotContain(checks, check => check.Check == "Rollback target");
        Assert.Equal(FailureKind.NamespaceNotFound, Of(await world.CheckAsync("sandbox", scope => scope with { Namespace = "elsewhere" }), "Namespace").Failure);
    }

    [Fact]
    public async Task A_container_that_is_not_there_is_named_with_those_that_are()
    {
        var check = Of(await world.CheckAsync("sandbox", scope => scope with { Container = "web" }), "Container");
        Assert.Equal((ReadinessStatus.NotReady, FailureKind.ContainerNotFound), (check.Status, check.Failure!.Value));
        Assert.Contains("api, metrics", check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_the_commands_asked_for_need_is_asked()
    {
        var checks = await world.CheckAsync("sandbox-reader", null, "Get-*");
        Assert.All(checks.Where(check => check.Area == ReadinessArea.Permissions), check => Assert.StartsWith("Get-", check.Check, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Databases_behind_pods_need_a_port_of_them()
    {
        var check = Of(await world.CheckAsync("sandbox-operator", scope => scope with { Pods = "statefulset/postgres:5432" }), "Stop-LongQuery");
        Assert.Equal(ReadinessStatus.NotReady, check.Status);
        Assert.StartsWith("Missing: get statefulsets.apps, get pods/portforward, create pods/portforward in ", check.Detail, StringComparison.Ordinal);
        Assert.Contains("optional/pod-portforward.yaml", check.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_reached_is_not_ready_and_hides_nothing_else()
    {
        var checks = await world.CheckAsync("no-such-context");
        Assert.Equal(FailureKind.ContextNotFound, Of(checks, "API server").Failure);
        Assert.Equal([ReadinessStatus.NotReady, ReadinessStatus.NotChecked, ReadinessStatus.NotChecked], checks.Select(check => check.Status));
    }

    private static ReadinessCheck Of(IEnumerable<ReadinessCheck> checks, string name) => Assert.Single(checks, check => check.Check == name);
}
