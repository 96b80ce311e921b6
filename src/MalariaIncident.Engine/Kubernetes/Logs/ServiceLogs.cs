using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>Logs of a deployment: of all its pods and containers.</summary>
internal sealed class ServiceLogs(IScopeResolver scopes, IJournal journal, IClusterConnections connections, TimeProvider clock) : ILogs
{
    private const int MostSources = 500;
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(31);

    public async IAsyncEnumerable<LogItem> ReadAsync(Scope scope, LogOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Validate(options);
        var resolved = await scopes.ResolveAsync(scope, cancellationToken);
        var workload = await WorkloadLogs.OpenAsync(connections, resolved, cancellationToken);
        var sources = await workload.SourcesAsync(options.Pods, options.Containers, options.Previous, cancellationToken);
        if (sources.Count > MostSources)
        {
            throw new IncidentException(
                FailureKind.TooManyTargets, $"{sources.Count} logs are more than the {MostSources} that can be merged at once.", sources.Count, advice: "Choose with -Pod or -Container, or count with Measure-ErrorRate.");
        }

        var reader = new LogReader(workload, new LogLines(workload, resolved), options, resolved.Timeout, clock);
        var items = options.Follow
            ? new LogFollow(workload, reader, options, clock).ReadAsync(sources, cancellationToken)
            : LogMerge.ReadAsync(reader, sources, cancellationToken);
        long lines = 0, errors = 0;
        try
        {
            await foreach (var item in items)
            {
                lines += item.Line is null ? 0 : 1;
                errors += item.Line?.Level >= LogLevel.Error ? 1 : 0;
                yield return item;
            }
        }
        finally
        {
            // Also after Ctrl+C, which is how following ends: the token that asked to stop must not stop the record.
            await journal.AppendEvidenceAsync(
                resolved.Incident,
                $"Read {Amount.Of(lines, "log line")} of {workload.Namespace}/{workload.Deployment}: {Amount.Of(errors, "error")}",
                new JsonObject { ["deployment"] = workload.Deployment, ["namespace"] = workload.Namespace, ["lines"] = lines, ["errors"] = errors, ["logs"] = sources.Count },
                CancellationToken.None);
        }
    }

    public async Task<ErrorRate> MeasureErrorsAsync(Scope scope, ErrorRateOptions options, CancellationToken cancellationToken)
    {
        Validate(options);
        var resolved = await scopes.ResolveAsync(scope, cancellationToken);
        var workload = await WorkloadLogs.OpenAsync(connections, resolved, cancellationToken);
        var rate = await new ErrorMeter(workload, resolved, options, clock).MeasureAsync(cancellationToken);
        await journal.AppendEvidenceAsync(rate.Incident, Summary(rate), Evidence(rate), cancellationToken);
        return rate;
    }

    private static string Summary(ErrorRate rate)
    {
        var against = rate.BaselinePerMinute is { } baseline ? FormattableString.Invariant($", {baseline:0.##} before") : "";
        return FormattableString.Invariant($"{Amount.Of(rate.Errors, "error")} in {Amount.Of(rate.Lines, "log line")} of {rate.Namespace}/{rate.Deployment}: {rate.PerMinute:0.##} a minute{against}");
    }

    private static JsonObject Evidence(ErrorRate rate) => new()
    {
        ["lines"] = rate.Lines,
        ["errors"] = rate.Errors,
        ["perMinute"] = Math.Round(rate.PerMinute, 3),
        ["baselinePerMinute"] = rate.BaselinePerMinute is { } baseline ? Math.Round(baseline, 3) : null,
        ["atBaseline"] = rate.AtBaseline,
        ["topErrors"] = new JsonArray([.. rate.TopErrors.Take(5).Select(shape => new JsonObject { ["shape"] = shape.Shape, ["count"] = shape.Count })]),
    };

    private static void Validate(LogOptions options) => Refuse(options switch
    {
        { Since: { } since } when since <= TimeSpan.Zero || since > LongestTime => "the age of lines must be longer than nothing and at most 31 days",
        { Tail: < 1 or > 1_000_000 } => "the number of lines must be 1 to 1000000",
        { Pattern: { Length: > 1000 } } => "a pattern has at most 1000 characters",
        _ => null,
    });

    private static void Validate(ErrorRateOptions options) => Refuse(options switch
    {
        { Window: var window } when window < TimeSpan.FromSeconds(1) || window > LongestTime => "the window must be at least a second and at most 31 days",
        { Baseline: var baseline } when baseline < TimeSpan.Zero || baseline > LongestTime => "the baseline must be at most 31 days",
        { Tolerance: var tolerance } when !(tolerance >= 1 && tolerance <= 1000) => "the tolerance must be 1 to 1000",
        { Top: < 0 or > 1000 } => "the number of messages must be 0 to 1000",
        { MinimumLevel: LogLevel.Unknown } => "the level from which a line counts must be named",
        _ => null,
    });

    private static void Refuse(string? wrong)
    {
        if (wrong is not null)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"Logs cannot be read that way: {wrong}.");
        }
    }
}
