namespace MalariaIncident;

/// <summary>Where a running mitigation stands.</summary>
public enum MitigationPhase
{
    /// <summary>The intent is in the journal; nothing was sent.</summary>
    Intended,
    /// <summary>The conditional request is under way.</summary>
    Applying,
    /// <summary>It was accepted; the world follows.</summary>
    Following,
    /// <summary>The effect is being checked.</summary>
    Verifying,
    /// <summary>A result is there.</summary>
    Finished,
}

/// <summary>One step of a running mitigation, for a progress bar and for results as they are known.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="Activity">In words.</param>
/// <param name="Percent">0 to 100, null when not known.</param>
/// <param name="Result">A result that is already in the journal; null for mere progress.</param>
public sealed record MitigationProgress(MitigationPhase Phase, string Activity, int? Percent = null, MitigationResult? Result = null);

/// <summary>One step of several mitigations that run at the same time.</summary>
/// <param name="Plan">Of which one.</param>
/// <param name="Progress">Where it stands; null with the failure that ended it.</param>
/// <param name="Failure">What ended it; the others go on.</param>
public sealed record MitigationStep(MitigationPlan Plan, MitigationProgress? Progress, IncidentException? Failure = null);

/// <summary>How a plan is applied.</summary>
public sealed record ApplyOptions
{
    /// <summary>Follow the change to its end and verify it. False returns after the request was accepted.</summary>
    public bool Wait { get; init; } = true;
    /// <summary>Act although the journal cannot be written; entries go to a file beside and to the error stream.</summary>
    public bool WithoutJournal { get; init; }
    /// <summary>Why this cannot wait for the second person whom the runbook asks for; null waits.</summary>
    public string? BreakGlass { get; init; }
}

/// <summary>A second person's yes to one plan.</summary>
public sealed record MitigationApproval
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>The mitigation that was approved.</summary>
    public required string MitigationId { get; init; }
    /// <summary>What it will do.</summary>
    public required string Summary { get; init; }
    /// <summary>Digest of the approved plan.</summary>
    public required string Digest { get; init; }
    /// <summary>Who planned it.</summary>
    public string? PlannedBy { get; init; }
    /// <summary>Who approved it.</summary>
    public required string ApprovedBy { get; init; }
    /// <summary>When (UTC).</summary>
    public required DateTimeOffset ApprovedAt { get; init; }
    /// <summary>What the approver had to say.</summary>
    public string? Comment { get; init; }
}

/// <summary>Which mitigations to list.</summary>
public sealed record MitigationFilter
{
    /// <summary>Ids of incidents or wildcards; empty lists those of all incidents and of none.</summary>
    public IReadOnlyList<string> Incidents { get; init; } = [];
    /// <summary>Ids or wildcards; empty means all.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];
    /// <summary>States; empty means all.</summary>
    public IReadOnlyList<MitigationState> States { get; init; } = [];
    /// <summary>Kind of change; null means any.</summary>
    public MitigationKind? Kind { get; init; }
}

/// <summary>Every change to the world goes through here: plan → confirm → apply → verify → undo.</summary>
public interface IMitigations
{
    /// <summary>Reads the world and makes a plan. Writes nothing, anywhere.</summary>
    Task<MitigationPlan> PlanAsync(MitigationRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Makes all of these plans, at the same time, or none: where one cannot be made, the failure names it and says that nothing was sent. ArgumentInvalid where two
    /// are for the same object.
    /// </summary>
    Task<IReadOnlyList<MitigationPlan>> PlanAllAsync(IReadOnlyList<MitigationRequest> requests, CancellationToken cancellationToken);

    /// <summary>Plans to put back what a mitigation replaced. MitigationNotFound, MitigationNotReversible, ObjectChanged.</summary>
    Task<MitigationPlan> PlanUndoAsync(string mitigationId, Scope scope, bool force, CancellationToken cancellationToken);

    /// <summary>Writes a plan into a file, or into one of its own in a folder, for another time or another person; returns the file's path. PathInvalid.</summary>
    Task<string> SavePlanAsync(MitigationPlan plan, string path, bool overwrite, CancellationToken cancellationToken);

    /// <summary>Reads a plan from a file. PathInvalid, PlanInvalid, PlanAltered.</summary>
    Task<MitigationPlan> LoadPlanAsync(string path, CancellationToken cancellationToken);

    /// <summary>Journals that a second person agrees to exactly this plan. PlanAltered, PlanUsed, ApprovalByPlanner.</summary>
    Task<MitigationApproval> ApproveAsync(MitigationPlan plan, string? comment, CancellationToken cancellationToken);

    /// <summary>
    /// Refuses what was altered or applied before (PlanAltered, PlanUsed) and what lacks the approval of a second person that the runbook
    /// asks for at the incident's severity (ApprovalMissing). Journals the intent, sends the conditional change, journals the outcome, follows and verifies. Ends with at least one
    /// result, or throws after the failure (or OutcomeUnknown) is in the journal. Ending the enumeration early, or the
    /// token, leaves an honest outcome in the journal too.
    /// </summary>
    IAsyncEnumerable<MitigationProgress> ApplyAsync(MitigationPlan plan, ApplyOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Carries out several plans at the same time, each as <see cref="ApplyAsync"/> does, with its own entries in the journal. A failure ends the one that it belongs to;
    /// the token, or ending the enumeration early, stops all.
    /// </summary>
    IAsyncEnumerable<MitigationStep> ApplyAllAsync(IReadOnlyList<MitigationPlan> plans, ApplyOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the world again for changes whose outcome is unknown, writes down what it shows, and returns them as they stand then; where the world
    /// still does not tell, with the reason in <see cref="Mitigation.Detail"/>.
    /// </summary>
    IAsyncEnumerable<Mitigation> SettleAsync(MitigationFilter filter, CancellationToken cancellationToken);

    /// <summary>Mitigations, newest first.</summary>
    IAsyncEnumerable<Mitigation> ListAsync(MitigationFilter filter, CancellationToken cancellationToken);
}
