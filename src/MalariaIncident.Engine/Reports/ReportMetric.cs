namespace MalariaIncident.Engine.Reports;

/// <summary>One figure of the response, held against the runbook's target where it has one.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="From">What it was measured from, in words.</param>
/// <param name="Duration">Null when it has not happened.</param>
/// <param name="Running">True when it still runs: then it is the time so far.</param>
/// <param name="Target">The runbook's target, if any.</param>
internal sealed record ReportMetric(string Name, string From, TimeSpan? Duration, bool Running, TimeSpan? Target)
{
    /// <summary>Null without a target, or while it may still be met.</summary>
    public bool? Met => (Duration, Target) switch
    {
        ({ } duration, { } target) when duration > target => false,
        ({ }, { }) when !Running => true,
        _ => null,
    };

    public static IReadOnlyList<ReportMetric> Of(Incident incident, IReadOnlyList<Mitigation> mitigations, DateTimeOffset now)
    {
        var mitigated = mitigations
            .Where(mitigation => mitigation.Undoes is null && mitigation.State is MitigationState.InForce or MitigationState.Done or MitigationState.Undone)
            .Min(mitigation => mitigation.FinishedAt);
        return
        [
            new("Time to detect", "from the first effect to the declaration", NotNegative(incident.DeclaredAt - incident.StartedAt), Running: false, Target: null),
            Since("Time to acknowledge", incident.AcknowledgedAt, incident.RespondBy - incident.DeclaredAt),
            Since("Time to mitigate", mitigated, target: null),
            Since("Time to resolve", incident.ResolvedAt, incident.ResolveBy - incident.DeclaredAt),
            new(
                "Total duration",
                "from the first effect until users were served again",
                NotNegative((incident.ResolvedAt ?? now) - incident.StartedAt),
                incident.ResolvedAt is null,
                Target: null),
        ];

        ReportMetric Since(string name, DateTimeOffset? end, TimeSpan? target)
        {
            // A change that was never needed is not a clock that still runs.
            var running = end is null && incident.ResolvedAt is null;
            return new(name, "from the declaration", running ? NotNegative(now - incident.DeclaredAt) : NotNegative(end - incident.DeclaredAt), running, target);
        }
    }

    private static TimeSpan? NotNegative(TimeSpan? duration) => duration < TimeSpan.Zero ? TimeSpan.Zero : duration;
}
