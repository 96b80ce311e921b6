using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>Changes whose outcome nobody knows: the world is asked again, and what it shows is written down.</summary>
internal sealed class UnknownOutcomes(IJournal journal, TimeProvider time)
{
    /// <summary>Unknown, or open for longer than it could still be running.</summary>
    public bool Includes(Mitigation mitigation)
        => mitigation.State == MitigationState.Unknown
            || (mitigation.State == MitigationState.Open && time.GetUtcNow() - mitigation.IntendedAt > (mitigation.Plan?.Deadline ?? TimeSpan.Zero) + TimeSpan.FromMinutes(1));

    /// <summary>What the world shows; written down unless that is still nothing.</summary>
    public async Task<ReadBack> SettleAsync(Mitigation mitigation, MitigationPlan plan, IMitigationAct act, ResolvedScope scope, CancellationToken cancellationToken)
    {
        var state = await act.ReadBackAsync(plan, scope, cancellationToken);
        if (state != ReadBack.Unknown)
        {
            var (kind, text) = state == ReadBack.Applied
                ? (EventKind.ActionSucceeded, $"{mitigation.Id} was made after all: the object was read again.")
                : (EventKind.ActionFailed, $"{mitigation.Id} was not made: the object was read again.");
            await journal.AppendAsync(mitigation.Incident, kind, text, new() { [MitigationLedger.Field.Mitigation] = mitigation.Id }, cancellationToken);
        }

        return state;
    }
}
