using System.Text.Json.Nodes;
using MalariaIncident.Engine.Incidents;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>
/// The second pair of eyes: which plans need it is the runbook's, who gave it is the journal's. An approval holds for the digest of one plan.
/// </summary>
internal sealed class Approvals(IJournal journal, IRunbooks runbooks, Func<Operator> who, TimeProvider time)
{
    private const string Digest = "digest";
    private const string Comment = "comment";

    /// <summary>A line for the plan where the runbook asks for a second person; null where it does not.</summary>
    public async Task<string?> ConditionAsync(string? incident, CancellationToken cancellationToken)
    {
        try
        {
            return await DemandAsync(incident, cancellationToken) is { } severity
                ? $"a second person has approved this plan (Approve-Mitigation), as the runbook asks for at {severity}; -BreakGlass 'why' goes on without"
                : null;
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.RunbookInvalid)
        {
            return $"a second person has approved this plan, if the runbook asks for that, which could not be read ({failure.Message}); -BreakGlass 'why' goes on without";
        }
    }

    /// <summary>
    /// Nothing where no approval is asked for, or one is there; the draft of a loud entry where the glass was broken. ApprovalMissing.
    /// </summary>
    public async Task<EventDraft?> EnsureAsync(MitigationPlan plan, string? breakGlass, CancellationToken cancellationToken)
    {
        if (breakGlass is not null && string.IsNullOrWhiteSpace(breakGlass))
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "Breaking the glass needs a reason; it becomes part of the record.", plan.Id, advice: "Say why: -BreakGlass 'nobody else can be reached'.");
        }

        string? asked;
        try
        {
            var demand = await DemandAsync(plan.Incident, cancellationToken);
            if (demand is null || await IsApprovedAsync(plan, cancellationToken))
            {
                return null;
            }

            asked = $"the runbook asks for a second person at {demand}";
        }
        catch (IncidentException failure) when (breakGlass is not null && failure.Kind is not FailureKind.IncidentNotFound)
        {
            // Whether it is asked for cannot be read: who breaks the glass must not be stopped by a slip in a document.
            asked = $"whether the runbook asks for a second person is not known: {failure.Message}";
        }

        return breakGlass is not null
            ? new EventDraft(
                EventKind.BreakGlass,
                $"BREAK-GLASS: {who().Actor} carries out {plan.Id} ({plan.Summary}) without approval ({asked}): {JournalText.OneLine(breakGlass, 500)}",
                new() { [MitigationLedger.Field.Mitigation] = plan.Id, [Digest] = plan.Digest })
            : throw new IncidentException(FailureKind.ApprovalMissing, $"{plan.Id} ({plan.Summary}) was not carried out: {asked}, and nobody else has approved this plan.", plan.Id);
    }

    /// <summary>ApprovalByPlanner.</summary>
    public async Task<MitigationApproval> ApproveAsync(MitigationPlan plan, string? comment, CancellationToken cancellationToken)
    {
        var approver = who().Actor;
        if (IsSame(approver, plan.PlannedBy))
        {
            throw new IncidentException(FailureKind.ApprovalByPlanner, $"{plan.Id} was planned by {approver}, who cannot approve it too.", plan.Id);
        }

        var said = string.IsNullOrWhiteSpace(comment) ? null : JournalText.Paragraph(comment, "comment");
        var data = new JsonObject { [MitigationLedger.Field.Mitigation] = plan.Id, [Digest] = plan.Digest };
        if (said is not null)
        {
            data[Comment] = said;
        }

        var text = $"{approver} approves {plan.Id}, planned by {plan.PlannedBy ?? "nobody known"}: {plan.Summary}{(said is null ? "" : $" ({JournalText.OneLine(said, 200)})")}";
        await journal.AppendAsync(plan.Incident, EventKind.Approved, text, data, cancellationToken);
        return new MitigationApproval
        {
            Incident = plan.Incident,
            MitigationId = plan.Id,
            Summary = plan.Summary,
            Digest = plan.Digest!,
            PlannedBy = plan.PlannedBy,
            ApprovedBy = approver,
            ApprovedAt = time.GetUtcNow(),
            Comment = said,
        };
    }

    private static bool IsSame(string person, string? other) => string.Equals(person, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>The severity that asks for it, or null.</summary>
    private async Task<Severity?> DemandAsync(string? incident, CancellationToken cancellationToken)
    {
        if (incident is null)
        {
            return null;
        }

        var policies = await runbooks.GetPoliciesAsync(cancellationToken);
        if (!policies.Any(policy => policy.ApprovalRequired))
        {
            return null;
        }

        var severity = (await journal.GetAsync(incident, cancellationToken)).Severity;
        return policies.Any(policy => policy.Severity == severity && policy.ApprovalRequired) ? severity : null;
    }

    /// <summary>By somebody who neither planned it nor carries it out.</summary>
    private async Task<bool> IsApprovedAsync(MitigationPlan plan, CancellationToken cancellationToken)
    {
        var actor = who().Actor;
        await foreach (var entry in journal.ReadAsync(plan.Incident, cancellationToken))
        {
            if (entry.Kind == EventKind.Approved && EventData.Text(entry.Data ?? [], Digest) == plan.Digest && !IsSame(entry.Actor, plan.PlannedBy) && !IsSame(entry.Actor, actor))
            {
                return true;
            }
        }

        return false;
    }
}
