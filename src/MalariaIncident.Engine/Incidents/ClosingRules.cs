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

        var blocking = mitigations.Where(Blocks).ToList();
        if (blocking.Count > 0 && !reasoned)
        {
            throw new IncidentException(
                FailureKind.MitigationStillInForce,
                $"{id} still has {(blocking.Count == 1 ? "a change" : $"{blocking.Count} changes")} in force or without a known outcome: "
                    + string.Join("; ", blocking.Select(mitigation => $"{mitigation.Id} ({mitigation.State}) {mitigation.Summary}")),
                id,
                advice: "Put temporary changes back with Undo-Mitigation, or close it with a -Reason why they stay.");
        }
    }

    /// <summary>A rollback in force is the repair itself; a degradation is meant to end. What nobody knows the outcome of is neither.</summary>
    private static bool Blocks(Mitigation mitigation) => mitigation.State switch
    {
        MitigationState.Open or MitigationState.Unknown => true,
        MitigationState.InForce => mitigation.Kind == MitigationKind.Degradation,
        _ => false,
    };
}
