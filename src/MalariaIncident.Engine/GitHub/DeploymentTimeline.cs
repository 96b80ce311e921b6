using System.Globalization;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.GitHub;

/// <summary>Rollouts and runs on one line of time, and what each is to the incident.</summary>
internal static class DeploymentTimeline
{
    /// <summary>Newest first.</summary>
    public static IReadOnlyList<RecentDeployment> Join(
        IReadOnlyList<RolloutRevision> rollouts, bool clusterIsKnown, IReadOnlyList<WorkflowRun> runs, ResolvedScope scope, DeploymentOptions options)
    {
        var matched = rollouts.Select(rollout => (Rollout: rollout, Run: RunMatch.Find(rollout, runs))).ToList();
        var seen = matched.Select(pair => pair.Run?.Commit).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var oldest = rollouts.Count > 0 ? rollouts.Min(rollout => rollout.CreatedAt) : DateTimeOffset.MinValue;
        var all = matched.Select(pair => Rolled(pair.Rollout, pair.Run, rollouts, scope, options))
            // Runs from before the cluster's memory were live or not; nobody can tell any more.
            .Concat(runs.Where(run => !seen.Contains(run.Commit) && run.UpdatedAt >= oldest).Select(run => Alone(run, clusterIsKnown, scope, options)))
            .OrderByDescending(deployment => deployment.Time)
            .ToList();
        return [.. all.Where((deployment, place) => place < options.Maximum || deployment.Live || deployment.Suspect)];
    }

    private static RecentDeployment Rolled(RolloutRevision rollout, WorkflowRun? run, IReadOnlyList<RolloutRevision> rollouts, ResolvedScope scope, DeploymentOptions options)
    {
        // Kubernetes puts an old ReplicaSet back under a new number: it is older than what it replaced, and went live after that.
        var before = rollouts.Where(other => other.Revision < rollout.Revision).Select(other => other.CreatedAt).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        var putBack = before > rollout.CreatedAt;
        var time = putBack ? before : rollout.CreatedAt;
        var image = rollout.Images.FirstOrDefault(image => image.StartsWith($"{scope.Container}=", StringComparison.Ordinal)) ?? (rollout.Images.Count > 0 ? rollout.Images[0] : null);
        var cause = rollout.Cause is { } said ? $" ({PlainText.OneLine(said, 80)})" : "";
        var what = $"{(rollout.Current ? "Live" : "Revision no longer live")}{(putBack ? string.Create(CultureInfo.InvariantCulture, $", put back after {time:HH:mm} UTC") : "")}{cause}";
        var made = run is null ? "" : $"; image of run {run.Number}{(run.Actor is null ? "" : $" ({run.Actor})")}{(run.Result == "success" ? "" : $", which ended with {run.Result}")}";
        return Described(new RecentDeployment
        {
            Namespace = rollout.Namespace,
            Deployment = rollout.Deployment,
            Time = time,
            Live = rollout.Current,
            PutBack = putBack,
            Revision = rollout.Revision,
            Image = image?[(image.IndexOf('=', StringComparison.Ordinal) + 1)..],
            Cause = rollout.Cause,
            Verdict = what + made,
        }, run, scope, options, changes: true);
    }

    private static RecentDeployment Alone(WorkflowRun run, bool clusterIsKnown, ResolvedScope scope, DeploymentOptions options) => Described(
        new RecentDeployment
        {
            Time = run.UpdatedAt,
            Verdict = !clusterIsKnown ? $"Run {run.Number} ended with {run.Result}; whether it is live is not known" : run.Result switch
            {
                "success" => $"Run {run.Number} succeeded, and no revision in the cluster names its commit: it is not live, or its images are tagged otherwise",
                "failure" or "cancelled" or "timed_out" or "startup_failure" => $"Run {run.Number} ended with {run.Result} and is not live",
                _ => $"Run {run.Number} is {run.Result} and not live",
            },
        },
        run,
        scope,
        options,
        changes: !clusterIsKnown && run.Result == "success");

    private static RecentDeployment Described(RecentDeployment deployment, WorkflowRun? run, ResolvedScope scope, DeploymentOptions options, bool changes)
    {
        var before = scope.IncidentStartedAt - deployment.Time;
        var suspect = changes && before >= TimeSpan.Zero && before <= options.SuspectWindow;
        var relation = before is not { } span ? "" : suspect ? $"; {Span(span)} before the incident began" : span < TimeSpan.Zero && changes ? $"; {Span(-span)} after the incident began" : "";
        return deployment with
        {
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Suspect = suspect,
            BeforeIncident = before,
            Commit = run?.Commit,
            Branch = run?.Branch,
            Title = run?.Title,
            Actor = run?.Actor,
            Run = run?.Number,
            RunResult = run?.Result,
            Link = run?.Link,
            Verdict = deployment.Verdict + relation + ".",
        };
    }

    private static string Span(TimeSpan span) => span.TotalDays >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{span.Days} d {span.Hours} h")
        : span.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{span.Hours} h {span.Minutes} min") : string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min");
}
