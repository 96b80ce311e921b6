using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Incidents;

/// <summary>When an incident may be closed. Everything that speaks against it is overcome by a written reason, never silently.</summary>
internal static class ClosingRules
{
    /// <summary>ArgumentInvalid, IncidentUnverified, MitigationStillInForce.</summary>
    public static void Ensure(string id, IncidentClosure closure, Verification verification, IReadOnlyList<Mitigation> mitigations)
    {
        var reasoned = !string.IsNullOrWhiteSpace(closure.Reason);
        if (closure.Force && !reasoned)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "Closing by force needs a reason; it becomes part of the record.", id, advice: "Say why with -Reason.");
        }

        if (!verification.Passed && !closure.Force)
        {
            throw new IncidentException(
                FailureKind.IncidentUnverified,
                verification.Failure is null ? $"{id} was not verified as resolved." : $"The last verification of {id} did not pass: {verification.Failure}",
                id,
                advice: $"Run Test-IncidentResolution -Incident {id}, or close it with -Force and a -Reason.");
        }

        if (closure.Keep.Count > 0 && !reasoned)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "Keeping a change beyond its incident needs a reason; it becomes part of the record.", id, advice: "Say why with -Reason.");
        }

        var blocking = mitigations.Where(mitigation => Blocks(mitigation) && !IsKept(closure, mitigation)).ToList();
        if (blocking.Count > 0)
        {
            throw new IncidentException(
                FailureKind.MitigationStillInForce,
                $"{id} still has {(blocking.Count == 1 ? "a change" : $"{blocking.Count} changes")} in force or without a known outcome: "
                    + string.Join("; ", blocking.Select(mitigation => $"{mitigation.Id} ({mitigation.State}) {mitigation.Summary}")),
                id,
                advice: $"Put them back (Undo-Mitigation {blocking[0].Id}), or keep them: -KeepMitigation {string.Join(", ", blocking.Select(mitigation => mitigation.Id))} -Reason 'why'.");
        }
    }

    /// <summary>True for a change that stays although it is meant to end, or although nobody knows how it came out.</summary>
    public static bool IsKept(IncidentClosure closure, Mitigation mitigation)
        => Blocks(mitigation) && closure.Keep.Any(pattern => Wildcard.Matches(pattern.Trim(), mitigation.Id));

    /// <summary>A rollback in force is the repair itself; a temporary change is meant to end. What nobody knows the outcome of is neither.</summary>
    private static bool Blocks(Mitigation mitigation) => mitigation.State switch
    {
        MitigationState.Open or MitigationState.Unknown => true,
        MitigationState.InForce => mitigation.Temporary,
        _ => false,
    };
}
