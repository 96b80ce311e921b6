using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>Runs another number of pods, under the condition that nobody else changed the number meanwhile.</summary>
internal sealed class ScaleAct(IClusterConnections connections, Lazy<IConnectionHeadroom> headroom, TimeProvider time) : IMitigationAct
{
    private readonly DeploymentChange change = new(connections, time);

    /// <summary>An autoscaler looks every 15 seconds.</summary>
    internal TimeSpan SecondLook { get; init; } = TimeSpan.FromSeconds(16);

    public MitigationKind Kind => MitigationKind.Scale;

    public bool VerifiesService => true;

    public bool Verifies(MitigationPlan plan) => ReplicaChange.FromJson(plan.Instructions["replicas"])?.After != 0;

    public async Task<MitigationPlan> PlanAsync(MitigationRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken)
    {
        var scale = (ScaleRequest)request;
        var reader = await change.OpenAsync(scope, cancellationToken);
        var now = await reader.DeploymentAsync(cancellationToken);
        var check = new ScaleCheck(reader, now, scale.Replicas, request.Force);
        check.CheckDirection(scale.AllowScaleDown);
        if (scale.Replicas == now.Replicas)
        {
            throw new IncidentException(
                FailureKind.NothingToDo, $"{reader.ThePlace} has {Amount.Of(now.Replicas, "replica")} already, {now.ReadyPods} of them ready.", reader.Name);
        }

        CheckFollowable(reader, now);
        await check.CheckAutoscalersAsync(cancellationToken);
        var owned = OtherOwner.Check(reader, now, request.Force);
        await check.CheckQuotaAsync(cancellationToken);
        var replicas = new ReplicaChange(now.Replicas, scale.Replicas);
        var pods = await PodsAsync(reader, now, cancellationToken);
        check.CheckHealth(pods);
        var (reason, warning) = replicas.After > replicas.Before ? await HeadroomAsync(scope, now, replicas, pods, cancellationToken) : (null, null);
        return ScalePlan.Make(new ScalePlan.Parts(reader, now, scope, replicas)
        {
            MitigationId = mitigationId,
            Deadline = request.Deadline ?? DeploymentChange.DefaultDeadline,
            Summary = $"Scale {reader.Name} {(replicas.After > replicas.Before ? "up" : "down")} from {replicas.Before} to {Amount.Of(replicas.After, "replica")}",
            Reasons = [.. new[] { reason }.OfType<string>()],
            Warnings = [.. check.Warnings, .. owned, .. new[] { warning }.OfType<string>()],
            Autoscaler = check.Autoscaler,
        }) with
        {
            Undo = $"Undo-Mitigation {mitigationId} sets {Amount.Of(replicas.Before, "replica")} again, if {replicas.After} {Amount.Word(replicas.After, "is", "are")} still wanted then",
            Temporary = true,
        };
    }

    public async Task<MitigationPlan> PlanUndoAsync(
        MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken)
    {
        var reader = await change.OpenAsync(scope, cancellationToken);
        var now = await reader.DeploymentAsync(cancellationToken);
        var made = ReplicaChange.FromJson(applied.Instructions["replicas"])!;
        var moved = now.Uid != applied.Instructions.Text("mark", "uid") ? "the deployment was deleted and made anew"
            : now.Replicas != made.After && now.Replicas != made.Before ? $"replicas: {made.After} → {now.Replicas}{DeploymentMark.LastWriter(now)}"
            : null;
        if (moved is not null && !force)
        {
            throw ConditionalPatch.Changed(reader, [moved]);
        }

        var scalers = await reader.AutoscalersAsync(cancellationToken);
        return ScalePlan.Make(new ScalePlan.Parts(reader, now, scope, now.Replicas == made.Before ? null : new ReplicaChange(now.Replicas, made.Before))
        {
            MitigationId = mitigationId,
            Deadline = applied.Deadline,
            Summary = now.Replicas == made.Before
                ? $"Record that {applied.Id} is undone: {reader.Name} has {Amount.Of(made.Before, "replica")} again"
                : $"Set {reader.Name} back to {Amount.Of(made.Before, "replica")}, as before {applied.Id}",
            Reasons = [$"{applied.Id}: {applied.Summary}"],
            Warnings =
            [
                .. moved is null ? Array.Empty<string>() : [$"Moved since {applied.Id}, and replaced all the same: {moved}."],
                .. OtherOwner.Check(reader, now, force),
                .. scalers is [var scaler, ..] ? new[] { $"Autoscaler {scaler} sets the replicas of this deployment and may change them again." } : [],
            ],
        }) with
        {
            Undoes = applied.Id,
        };
    }

    public async IAsyncEnumerable<ActStep> SendAsync(MitigationPlan plan, ResolvedScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (ReplicaChange.FromJson(plan.Instructions["replicas"]) is not { } replicas)
        {
            yield return new ActStep.Sent(EventKind.ActionSucceeded, "Nothing was sent: the deployment has that many replicas already.");
            yield break;
        }

        var reader = await change.OpenAsync(scope, cancellationToken);
        yield return new ActStep.Progress(MitigationPhase.Applying, plan.Summary);
        var changed = await ConditionalPatch.SendAsync(
            reader,
            DeploymentMark.FromJson(plan.Instructions["mark"]),
            replicasMayMove: false,
            now => [ConditionalPatch.Operation("replace", "/spec/replicas", replicas.After), .. DeploymentChange.Marks(now, plan, cause: null)],
            cancellationToken);
        yield return DeploymentChange.Accepted(plan, changed);
    }

    public Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken) =>
        change.ReadBackAsync(plan, scope, cancellationToken);

    public IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, CancellationToken cancellationToken) =>
        new ReplicaHold(change, time) { SecondLook = SecondLook }.FollowAsync(plan, scope, wait, cancellationToken);

    /// <summary>A paused deployment is scaled all the same, but one that was paused in the middle of a rollout never comes to its end.</summary>
    private static void CheckFollowable(DeploymentReader reader, DeploymentSnapshot now)
    {
        if (now.Paused && now.UpdatedPods != now.RunningPods)
        {
            OtherOwner.CheckNotPaused(reader, now);
        }
    }

    private Task<(string? Reason, string? Warning)> HeadroomAsync(
        ResolvedScope scope, DeploymentSnapshot now, ReplicaChange replicas, IReadOnlyList<JsonObject> pods, CancellationToken cancellationToken)
    {
        string[] addresses = [.. pods.SelectMany(pod => pod.Items("status", "podIPs")).Select(address => address.Text("ip")).OfType<string>()];
        string[] applications = [now.Name, .. now.Template.Images.Keys, .. new[] { now.Template.Content.Text("metadata", "labels", "app") }.OfType<string>()];
        return new HeadroomCheck(headroom).AskAsync(scope, replicas.After - replicas.Before, pods.Count, addresses, applications, cancellationToken);
    }

    /// <summary>A help for warnings: empty where they may not be read.</summary>
    private static async Task<IReadOnlyList<JsonObject>> PodsAsync(DeploymentReader reader, DeploymentSnapshot now, CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await reader.PodsAsync(now, cancellationToken)).Where(pod => pod.At("metadata", "deletionTimestamp") is null)];
        }
        catch (IncidentException failure) when (failure.Kind is FailureKind.ClusterForbidden or FailureKind.ClusterRefused)
        {
            return [];
        }
    }
}
