using System.Runtime.CompilerServices;
using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>
/// An act whose steps are seen where they happen. Whoever reads the steps of a mitigation sees them later, when the act may be at its end: what a test does then comes too late on a
/// busy machine.
/// </summary>
internal sealed class WatchedAct(IMitigationAct act, Action<ActStep.Progress> onStep) : IMitigationAct
{
    public MitigationKind Kind => act.Kind;

    public bool VerifiesService => act.VerifiesService;

    public bool Verifies(MitigationPlan plan) => act.Verifies(plan);

    public Task<MitigationPlan> PlanAsync(MitigationRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken) =>
        act.PlanAsync(request, scope, mitigationId, cancellationToken);

    public Task<MitigationPlan> PlanUndoAsync(MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken) =>
        act.PlanUndoAsync(applied, scope, mitigationId, force, cancellationToken);

    public IAsyncEnumerable<ActStep> SendAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken) =>
        WatchAsync(act.SendAsync(plan, scope, cancellationToken), cancellationToken);

    public Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken) => act.ReadBackAsync(plan, scope, cancellationToken);

    public IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, CancellationToken cancellationToken) =>
        WatchAsync(act.FollowAsync(plan, scope, wait, cancellationToken), cancellationToken);

    private async IAsyncEnumerable<ActStep> WatchAsync(IAsyncEnumerable<ActStep> steps, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var step in steps.WithCancellation(cancellationToken))
        {
            if (step is ActStep.Progress progress)
            {
                onStep(progress);
            }

            yield return step;
        }
    }
}
