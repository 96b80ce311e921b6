using Engine.Tests.Kubernetes.Rollouts;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes.Access;
using MalariaIncident.Sandbox;
using MalariaIncident.Sandbox.Kubernetes.Requests;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Readiness;

/// <summary>
/// Every change, made by an account that has just what the manifests grant: it comes to its end, none of its requests is refused, and each of them stands in the
/// table of permissions.
/// </summary>
public sealed class CommandRequestTests
{
    private const string Who = "sandbox-operator";

    [Fact]
    public async Task A_rollback_and_its_undo()
    {
        await using var world = await RolloutWorld.StartAsync(RolloutWorld.Fast, "bad-release");
        await AndUndoAsync(world, "Invoke-EmergencyRollback", new RollbackRequest { Scope = Scope(world), Deadline = RolloutWorld.Generous }, world.MendBadRelease);
    }

    [Fact]
    public async Task A_restart_that_fails_and_has_to_be_explained()
    {
        await using var world = await RolloutWorld.StartAsync(RolloutWorld.Fast);
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Image = $"{ProductionNames.Image}:2.0.0-crash");
        await Assert.ThrowsAsync<IncidentException>(() => ApplyAsync(world, new RestartRequest { Scope = Scope(world), Deadline = RolloutWorld.Generous }));
        Holds(world, "Restart-Deployment");
        Assert.Contains(world.Sandbox.Requests, request => request.User == Who && request.Path.EndsWith("/log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_degradation_and_its_undo()
    {
        await using var world = await RolloutWorld.StartAsync();
        await AndUndoAsync(world, "Set-ServiceDegradation", new DegradationRequest { Scope = Scope(world), DisableFeatures = ["ML_PREDICTIONS"], Replicas = 2, Deadline = RolloutWorld.Generous });
    }

    [Fact]
    public async Task Another_number_of_pods_and_its_undo()
    {
        await using var world = await RolloutWorld.StartAsync();
        await AndUndoAsync(world, "Set-ServiceScale", new ScaleRequest { Scope = Scope(world), Replicas = 4, Deadline = RolloutWorld.Generous });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Other_limits_and_their_undo(bool inPlace)
    {
        await using var world = await RolloutWorld.StartAsync();
        await AndUndoAsync(world, "Set-ResourceLimit", new ResourceLimitRequest { Scope = Scope(world), Memory = "3Gi", InPlace = inPlace, Deadline = RolloutWorld.Generous });
    }

    [Fact]
    public async Task A_restart()
    {
        await using var world = await RolloutWorld.StartAsync();
        await ApplyAsync(world, new RestartRequest { Scope = Scope(world), Pooler = true, Deadline = RolloutWorld.Generous });
        Holds(world, "Restart-Deployment");
    }

    [Fact]
    public async Task Another_slot_and_its_undo()
    {
        await using var world = await RolloutWorld.StartAsync();
        await AndUndoAsync(world, "Switch-DeploymentSlot", new SlotSwitchRequest { Scope = Scope(world), To = "green", Deadline = RolloutWorld.Generous });
    }

    private static async Task AndUndoAsync(RolloutWorld world, string command, MitigationRequest request, Action? inBetween = null)
    {
        var result = await ApplyAsync(world, request);
        Holds(world, command);
        inBetween?.Invoke();
        var from = world.Sandbox.Requests.Count;
        await world.ApplyAsync<MitigationResult>(await world.Mitigations.PlanUndoAsync(result.MitigationId, Scope(world), force: false, default));
        Holds(world, "Undo-Mitigation", from);
    }

    private static async Task<MitigationResult> ApplyAsync(RolloutWorld world, MitigationRequest request) =>
        await world.ApplyAsync<MitigationResult>(await world.Mitigations.PlanAsync(request, default));

    private static Scope Scope(RolloutWorld world) => world.Scope with { Context = Who };

    private static void Holds(RolloutWorld world, string command, int from = 0)
    {
        var requests = world.Sandbox.Requests.Skip(from).Where(request => request.User == Who).ToList();
        Assert.NotEmpty(requests);
        Assert.DoesNotContain(requests, request => request.StatusCode == 403);
        var table = CommandPermissions.All[command].Select(need => need.Permission).ToHashSet();
        Assert.Empty(requests.Select(Of).OfType<ClusterPermission>().Distinct().Where(sent => !table.Contains(sent)).Select(sent => $"{command}: {sent}"));
    }

    /// <summary>The right that a request needs; null for what everybody may ask.</summary>
    private static ClusterPermission? Of(RecordedRequest request)
    {
        if (ApiPath.Parse(request.Path) is not { Group: not "authorization.k8s.io" } path)
        {
            return null;
        }

        var verb = (request.Method, path.Name) switch
        {
            ("GET", null) => request.Query.Contains("watch=true", StringComparison.Ordinal) ? "watch" : "list",
            ("GET", _) => "get",
            _ => request.Method.ToLowerInvariant(),
        };
        var reach = path.Namespace is null || path.Resource == "namespaces" ? PermissionReach.Cluster : PermissionReach.Namespace;
        return new ClusterPermission(verb, path.Group, path.Subresource is null ? path.Resource : $"{path.Resource}/{path.Subresource}", reach);
    }
}
