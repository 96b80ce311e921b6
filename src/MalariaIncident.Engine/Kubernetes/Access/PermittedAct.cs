using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;

namespace MalariaIncident.Engine.Kubernetes.Access;

/// <summary>
/// A change of the cluster that is refused while it is planned where the account may not make it: -WhatIf says so too, and nothing is sent. Asked beside the
/// planning, which takes longer.
/// </summary>
internal sealed class PermittedAct(IMitigationAct act, string command, IClusterConnections connections) : IMitigationAct
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public MitigationKind Kind => act.Kind;

    public bool VerifiesService => act.VerifiesService;

    public bool Verifies(MitigationPlan plan) => act.Verifies(plan);

    public Task<MitigationPlan> PlanAsync(MitigationRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken) =>
        PermittedAsync(act.PlanAsync(request, scope, mitigationId, cancellationToken), scope, cancellationToken);

    public Task<MitigationPlan> PlanUndoAsync(MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken) =>
        PermittedAsync(act.PlanUndoAsync(applied, scope, mitigationId, force, cancellationToken), scope, cancellationToken);

    public IAsyncEnumerable<ActStep> SendAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken) => act.SendAsync(plan, scope, cancellationToken);

    public Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken) => act.ReadBackAsync(plan, scope, cancellationToken);

    public IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, CancellationToken cancellationToken) =>
        act.FollowAsync(plan, scope, wait, cancellationToken);

    private async Task<MitigationPlan> PermittedAsync(Task<MitigationPlan> planning, ResolvedScope scope, CancellationToken cancellationToken)
    {
        var asking = DeniedAsync(scope, cancellationToken);
        var plan = await planning;
        var missing = (await asking).Where(need => IsSent(need, plan)).Select(need => need.Permission).ToList();
        return missing.Count == 0 ? plan : throw new IncidentException(
            FailureKind.ClusterForbidden,
            $"Nothing was changed: this account may not {string.Join(", ", missing)} in namespace {plan.Scope.Namespace} (context {plan.Scope.Context}).",
            plan.Scope.Context,
            advice: $"Ask an administrator for it: kubectl apply -n {plan.Scope.Namespace} -f kubernetes/incident-operator.yaml. Test-IncidentReadiness shows what else is missing.");
    }

    /// <summary>Limits of running pods are sent to the pods, and everything else to the object itself.</summary>
    private static bool IsSent(CommandNeed need, MitigationPlan plan) => need.Permission.Resource == "pods/resize" == plan.Instructions["pods"] is not null;

    /// <summary>Empty also where the question has no answer: the server judges the change itself, and an emergency does not wait for a question.</summary>
    private async Task<IReadOnlyList<CommandNeed>> DeniedAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await connections.OpenAsync(scope, cancellationToken);
            var sent = CommandPermissions.All[command].Where(need => need.By == GrantedBy.Operator).ToList();
            var answers = await new AccessReviews(connection, scope.Timeout < Patience ? scope.Timeout : Patience).AskAsync(sent.Select(need => need.Permission), cancellationToken);
            return [.. sent.Where(need => answers[need.Permission] is { Allowed: false, Failure: null })];
        }
        catch (IncidentException)
        {
            return [];
        }
    }
}
