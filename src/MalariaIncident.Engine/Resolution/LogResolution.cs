using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Resolution;

/// <summary>Has the rate of errors in the logs come back to what it was before the incident?</summary>
internal sealed class LogResolution(Func<ILogs> logs) : IResolutionContributor
{
    private const string Check = "The error rate is back at its baseline";

    /// <summary>Long enough to see a rate, short enough not to see the incident itself.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    public async Task<IReadOnlyList<ResolutionCheck>> CheckAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        if (scope.Namespace is null || scope.Deployment is null)
        {
            return [new ResolutionCheck(Check, null, "Not checked: no deployment is named. Name it in the environment file, or with -Namespace and -Deployment.")];
        }

        return [await Unchecked.WhenItFailsAsync(Check, () => RateAsync(scope, cancellationToken))];
    }

    private async Task<ResolutionCheck> RateAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        var rate = await logs().MeasureErrorsAsync(scope.Typed, new ErrorRateOptions { Window = Window, Top = 1 }, cancellationToken);
        var said = rate.TopErrors.Count == 0 ? "" : $" Most often: {rate.TopErrors[0].Example}";
        var now = FormattableString.Invariant($"{rate.PerMinute:0.##} errors a minute in the logs of the last two minutes");
        return rate switch
        {
            { Notes.Count: > 0 } => new ResolutionCheck(Check, null, $"Not checked: {rate.Notes[0]}"),
            { AtBaseline: { } back } => new ResolutionCheck(Check, back, FormattableString.Invariant($"{now}, {rate.BaselinePerMinute:0.##} before the incident.{said}")),
            // Pods that are younger than the incident have no time before it to compare with; silence needs none.
            { Errors: 0, Lines: > 0 } => new ResolutionCheck(Check, true, $"No error in the {Amount.Of(rate.Lines, "log line")} of the last two minutes."),
            _ => new ResolutionCheck(Check, null, $"Not checked: {now}, and the logs do not reach back before the incident.{said}"),
        };
    }
}
