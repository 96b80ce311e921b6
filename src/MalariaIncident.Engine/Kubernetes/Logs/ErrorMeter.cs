using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>Counts the errors of all pods at once, in one pass over their logs, and holds them against the time before.</summary>
internal sealed class ErrorMeter(WorkloadLogs workload, ResolvedScope scope, ErrorRateOptions options, TimeProvider clock)
{
    private const int AtOnce = 16;

    /// <summary>A single error in five minutes is no storm, whatever the baseline was.</summary>
    private const double Slack = 0.2;

    private readonly LogLines _lines = new(workload, scope);
    private readonly ErrorShapes _shapes = new();

    public async Task<ErrorRate> MeasureAsync(CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var now = clock.GetUtcNow();
        var periods = ErrorPeriods.Of(options, scope.IncidentStartedAt, now);

        // A container that crashed keeps its last words in the instance before.
        var sources = await workload.SourcesAsync([], options.Containers, previous: true, cancellationToken);
        var tallies = sources.Select(source => new ErrorTally(source, periods, options.MinimumLevel)).ToList();
        Exception? failure = null;
        await Parallel.ForEachAsync(tallies, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (tally, token) =>
        {
            try
            {
                await CountAsync(tally, periods.Age, token);
            }
            catch (Exception broken) when (LogFailure.Is(broken))
            {
                failure ??= broken;
                tally.Note = LogFailure.Note(tally.Source, broken);
            }
        });
        if (failure is not null && tallies.TrueForAll(tally => tally.Note is not null))
        {
            throw failure as IncidentException ?? new IncidentException(FailureKind.ClusterUnreachable, tallies[0].Note!, workload.Deployment, failure);
        }

        return Sum(tallies, periods) with { Elapsed = clock.GetElapsedTime(started) };
    }

    private async Task CountAsync(ErrorTally tally, TimeSpan age, CancellationToken cancellationToken)
    {
        await using var blocks = new LogBlocks(
            await workload.OpenAsync(tally.Source, age, tail: null, follow: false, cancellationToken), scope.Timeout, clock);
        while (await blocks.NextAsync(cancellationToken) is { } block)
        {
            tally.Count(block.Span, (level, text) =>
            {
                var message = _lines.Read(tally.Source, null, level, text).Message;
                lock (_shapes)
                {
                    _shapes.Add(tally.Source.Pod, level, message);
                }
            });
            tally.Bytes = blocks.Bytes;
        }
    }

    private ErrorRate Sum(List<ErrorTally> tallies, ErrorPeriods periods)
    {
        // A deployment that was rolled out a minute ago has a minute of logs, and no baseline at all.
        var since = tallies.Min(tally => tally.Source.StartedAt) ?? periods.BaselineStart;
        var window = Minutes(periods.Now - Later(periods.WindowStart, since));
        var covered = periods.BaselineEnd - Later(periods.BaselineStart, since);
        var perMinute = tallies.Sum(tally => tally.Errors) / window;
        double? baseline = covered >= TimeSpan.FromMinutes(1) ? tallies.Sum(tally => tally.BaselineErrors) / covered.TotalMinutes : null;
        return new ErrorRate
        {
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Namespace = workload.Namespace,
            Deployment = workload.Deployment,
            Time = periods.Now,
            Window = options.Window,
            Lines = tallies.Sum(tally => tally.Lines),
            Errors = tallies.Sum(tally => tally.Errors),
            PerMinute = perMinute,
            BaselinePerMinute = baseline,
            BaselineCovered = covered > TimeSpan.Zero ? covered : TimeSpan.Zero,
            // Errors may stand in what could not be read.
            AtBaseline = baseline is { } normal && tallies.TrueForAll(tally => tally.Note is null) ? perMinute <= Math.Max(normal * options.Tolerance, normal + Slack) : null,
            Levels = Enum.GetValues<LogLevel>().ToDictionary(level => level, level => tallies.Sum(tally => tally.Levels[(int)level])),
            Pods = [.. tallies.GroupBy(tally => tally.Source.Pod, StringComparer.Ordinal)
                .Select(pod => Pod(pod.Key, [.. pod], periods))
                .OrderByDescending(pod => pod.Errors).ThenBy(pod => pod.Pod, StringComparer.Ordinal)],
            Minutes = [.. tallies.SelectMany(tally => tally.Minutes).GroupBy(minute => minute.Key).OrderBy(minute => minute.Key)
                .Select(minute => new MinuteErrors(
                    new DateTimeOffset(minute.Key * TimeSpan.TicksPerMinute, TimeSpan.Zero), minute.Sum(one => one.Value.Lines), minute.Sum(one => one.Value.Errors)))],
            TopErrors = _shapes.Top(options.Top),
            Bytes = tallies.Sum(tally => tally.Bytes),
            Notes = [.. tallies.Select(tally => tally.Note).OfType<string>()],
        };
    }

    private static PodErrorRate Pod(string name, IReadOnlyList<ErrorTally> tallies, ErrorPeriods periods)
    {
        var errors = tallies.Sum(tally => tally.Errors);
        var window = Minutes(periods.Now - Later(periods.WindowStart, tallies.Min(tally => tally.Source.StartedAt) ?? periods.WindowStart));
        return new PodErrorRate { Pod = name, Lines = tallies.Sum(tally => tally.Lines), Errors = errors, PerMinute = errors / window };
    }

    // Never less than a minute: three errors in two seconds are not ninety a minute yet.
    private static double Minutes(TimeSpan time) => Math.Max(1, time.TotalMinutes);

    private static DateTimeOffset Later(DateTimeOffset first, DateTimeOffset second) => first > second ? first : second;
}
