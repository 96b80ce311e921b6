namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>Outcomes in words, and what they come to together.</summary>
internal static class StopOutcomes
{
    public static string Say(QueryOutcome outcome) => outcome switch
    {
        QueryOutcome.Cancelled => "cancelled",
        QueryOutcome.Terminated => "terminated",
        QueryOutcome.AlreadyGone => "already gone",
        QueryOutcome.StillRunning => "still running",
        QueryOutcome.Refused => "refused by the server",
        _ => "unknown",
    };

    public static EventKind Overall(IReadOnlyCollection<QueryOutcome> outcomes) =>
        outcomes.Contains(QueryOutcome.Unknown) ? EventKind.ActionUnknown
        : outcomes.Contains(QueryOutcome.StillRunning) || outcomes.Contains(QueryOutcome.Refused) ? EventKind.ActionFailed
        : EventKind.ActionSucceeded;
}
