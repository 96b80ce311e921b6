namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>
/// What is counted and what it is held against. The baseline ends where the incident began, if there is one: errors of the incident itself
/// are not normal.
/// </summary>
internal sealed record ErrorPeriods(DateTimeOffset BaselineStart, DateTimeOffset BaselineEnd, DateTimeOffset WindowStart, DateTimeOffset Now)
{
    public TimeSpan Age => Now - (BaselineStart < WindowStart ? BaselineStart : WindowStart);

    public static ErrorPeriods Of(ErrorRateOptions options, DateTimeOffset? incidentStartedAt, DateTimeOffset now)
    {
        var windowStart = now - options.Window;
        var end = incidentStartedAt < windowStart ? incidentStartedAt.Value : windowStart;
        return new ErrorPeriods(end - options.Baseline, end, windowStart, now);
    }
}
