using System.Runtime.CompilerServices;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Activity;
using MalariaIncident.Engine.Postgres.Connections;

namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>Stopping backends as a kind of change.</summary>
internal sealed class QueryStopAct(PostgresConnector connector, TimeProvider time) : IMitigationAct
{
    public MitigationKind Kind => MitigationKind.QueryStop;

    public bool VerifiesService => false;

    public async Task<MitigationPlan> PlanAsync(MitigationRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken)
    {
        await using var session = await connector.OpenAsync(scope, SessionUse.Read, connector.DeadlineOf(scope), cancellationToken);
        var planner = new QueryStopPlanner(session, (QueryStopRequest)request, scope, connector.Secrets.Hide(scope.Typed));
        return await planner.PlanAsync(mitigationId, cancellationToken);
    }

    public Task<MitigationPlan> PlanUndoAsync(
        MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken) =>
        throw new IncidentException(
            FailureKind.MitigationNotReversible, "A query that was stopped cannot be put back; whoever sent it has to send it again.", applied.Id);

    public async IAsyncEnumerable<ActStep> SendAsync(
        MitigationPlan plan, ResolvedScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ReadOnlyMode.Guard(plan.Summary);
        await using var run = new QueryStopRun(plan, scope, connector, time);
        await foreach (var step in run.StepsAsync(cancellationToken))
        {
            yield return step;
        }
    }

    /// <summary>
    /// Applied once all the work has ended; as long as a part of it goes on, the operator has to decide again. Unknown where another server answers; a role that is shown nothing of others' work is refused.
    /// </summary>
    public async Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken)
    {
        var instructions = StopInstructions.Of(plan);
        var targets = instructions.Targets;
        await using var session = await connector.OpenAsync(scope, SessionUse.Signal, connector.DeadlineOf(scope), cancellationToken);
        ActivityReader.EnsureOthersAreSeen(session);
        if (!await instructions.AreForAsync(session, cancellationToken))
        {
            return ReadBack.Unknown;
        }

        var pids = targets.Select(target => target.ProcessId).ToArray();
        var states = await session.QueryAsync(
            BackendState.Query, parameters => parameters.AddWithValue(pids), BackendState.Read, cancellationToken);
        return states.Any(state => targets.Any(target => target.ProcessId == state.ProcessId && target.IsStill(state)))
            ? ReadBack.NotApplied
            : ReadBack.Applied;
    }

    /// <summary>Nothing: sending ends when every backend's outcome is known.</summary>
    public IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<ActStep>();
}
