using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Mitigations;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>
/// Other limits for one container: in the template, so that every pod is replaced and later ones have them too, or in the running
/// pods alone, without a restart and until they are replaced.
/// </summary>
internal sealed class ResourceLimitAct(IClusterConnections connections, TimeProvider time) : IMitigationAct
{
    private readonly DeploymentChange change = new(connections, time);

    public MitigationKind Kind => MitigationKind.ResourceLimit;

    public bool VerifiesService => true;

    private TemplateResize InTemplate => new(change);

    private PodResize InPods => new(change, time);

    public Task<MitigationPlan> PlanAsync(MitigationRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken)
    {
        var limits = (ResourceLimitRequest)request;
        return limits.InPlace
            ? InPods.PlanAsync(limits, scope, mitigationId, cancellationToken)
            : InTemplate.PlanAsync(limits, scope, mitigationId, cancellationToken);
    }

    public Task<MitigationPlan> PlanUndoAsync(MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken) =>
        IsInPlace(applied)
            ? InPods.PlanUndoAsync(applied, scope, mitigationId, force, cancellationToken)
            : InTemplate.PlanUndoAsync(applied, scope, mitigationId, force, cancellationToken);

    public IAsyncEnumerable<ActStep> SendAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken) =>
        IsInPlace(plan) ? InPods.SendAsync(plan, scope, cancellationToken) : InTemplate.SendAsync(plan, scope, cancellationToken);

    public Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken) =>
        IsInPlace(plan) ? InPods.ReadBackAsync(plan, scope, cancellationToken) : change.ReadBackAsync(plan, scope, cancellationToken);

    public IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, CancellationToken cancellationToken) =>
        IsInPlace(plan) ? InPods.FollowAsync(plan, scope, wait, cancellationToken) : change.FollowAsync(plan, scope, wait, cancellationToken);

    private static bool IsInPlace(MitigationPlan plan) => plan.Instructions["pods"] is not null;
}
