using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>
/// One kind of change, in the adapter that can make it. It plans and sends; journalling, reading back after a lost answer,
/// verification and the ledger are the mechanism's (<c>Mitigator</c>), the same for every kind.
/// </summary>
internal interface IMitigationAct
{
    MitigationKind Kind { get; }

    /// <summary>True where the application's health addresses are to be probed after <see cref="FollowAsync"/>.</summary>
    bool VerifiesService { get; }

    /// <summary>The same for one plan: a service that is meant to be off is not asked whether it answers.</summary>
    bool Verifies(MitigationPlan plan) => VerifiesService;

    /// <summary>Reads the world and makes the plan. Sends nothing that writes. NothingToDo where the world is that way already.</summary>
    Task<MitigationPlan> PlanAsync(MitigationRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken);

    /// <summary>Plans to put back what <paramref name="applied"/> replaced, under the condition that nothing else moved since.</summary>
    Task<MitigationPlan> PlanUndoAsync(MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken);

    /// <summary>
    /// Sends the conditional change. Yields progress and results of parts; the last step is <see cref="ActStep.Sent"/>. A lost
    /// answer is thrown as OutcomeUnknown, a moved world as ObjectChanged.
    /// </summary>
    IAsyncEnumerable<ActStep> SendAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken);

    /// <summary>After a lost answer: does the world show the change?</summary>
    Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken);

    /// <summary>
    /// Follows the change until the world has taken it. Yields progress and ends with one result, or nothing where
    /// <see cref="SendAsync"/> yielded all. RolloutFailed, RolloutTimeout with the pods, reasons and last log lines.
    /// </summary>
    IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, CancellationToken cancellationToken);
}

/// <summary>A step of an act.</summary>
internal abstract record ActStep
{
    private ActStep()
    {
    }

    /// <summary>Progress for the eye.</summary>
    internal sealed record Progress(MitigationPhase Phase, string Activity, int? Percent = null) : ActStep;

    /// <summary>A result of the whole or of one part; journalled before the operator sees it.</summary>
    internal sealed record Part(MitigationResult Result, string Text, JsonObject? Data = null) : ActStep;

    /// <summary>Everything was sent; how it came out: ActionSucceeded, ActionFailed or ActionUnknown.</summary>
    internal sealed record Sent(EventKind Outcome, string Text, JsonObject? Data = null) : ActStep;
}

/// <summary>What the world shows after a lost answer.</summary>
internal enum ReadBack
{
    Applied,
    NotApplied,
    Unknown,
}

/// <summary>Asks the application's health addresses; implemented by the adapter for HTTP.</summary>
internal interface IServiceVerification
{
    /// <summary>
    /// Liveness and readiness over several probes, again and again until healthy or the deadline. Null where the scope names no address.
    /// </summary>
    Task<(bool? Healthy, string Detail)> VerifyAsync(ResolvedScope scope, TimeSpan deadline, CancellationToken cancellationToken);
}
