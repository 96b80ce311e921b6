using System.Text.Json.Nodes;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Why a rollout does not get on: which pods, for which reason, and their last log lines.</summary>
internal sealed class RolloutDiagnosis(DeploymentReader reader, TimeProvider time)
{
    private const int MostPods = 3;
    private const int LogLines = 5;

    /// <summary>Said after the deadline, so it must be short.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(1500);

    /// <summary>The controller copies its verdict on the release before until it has counted pods again; one that is about this release stays.</summary>
    private static readonly TimeSpan VerdictStands = TimeSpan.FromSeconds(5);

    private long? judgedSince;

    /// <summary>RolloutFailed as soon as waiting has no point: the controller gave up, was refused, or the new pods crash again and again.</summary>
    public async Task ThrowIfHopelessAsync(DeploymentSnapshot now, CancellationToken cancellationToken)
    {
        if (now.ObservedGeneration < now.Generation)
        {
            return;
        }

        var pods = await NewPodsAsync(now, cancellationToken);
        var verdict = Verdict(now);
        judgedSince = verdict is null ? null : judgedSince ?? time.GetTimestamp();
        var stands = judgedSince is { } since && time.GetElapsedTime(since) >= VerdictStands;
        if (stands || pods.Select(PodTrouble.Of).Any(trouble => trouble is { Final: true }))
        {
            throw new IncidentException(
                FailureKind.RolloutFailed,
                $"The rollout of {reader.Place} fails: {Count(now)}.{(stands ? verdict : "")}{await DescribeAsync(pods, cancellationToken)}",
                reader.Name);
        }
    }

    public async Task<IncidentException> TimeoutAsync(DeploymentSnapshot? last, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(Budget, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        var why = "";
        try
        {
            why = last is null ? "" : await DescribeAsync(await NewPodsAsync(last, both.Token), both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            why = " Its pods could not be read in time.";
        }

        return new IncidentException(
            FailureKind.RolloutTimeout,
            $"The rollout of {reader.Place} was not complete after {Duration.InWords(deadline)}: {(last is null ? "the cluster did not answer" : Count(last))}.{why}",
            reader.Name);
    }

    /// <summary>Null where the controller still hopes.</summary>
    private static string? Verdict(DeploymentSnapshot now)
    {
        if (now.Content.Condition("ReplicaFailure") is { } failure && failure.Text("status") == "True")
        {
            return $" The cluster refuses to make its pods: {PlainText.OneLine(failure.Text("message"), 300)}.";
        }

        var progressing = now.Content.Condition("Progressing");
        return progressing.Text("status") == "False" && progressing.Text("reason") == "ProgressDeadlineExceeded" ? " The cluster has given up waiting for it." : null;
    }

    private static string Count(DeploymentSnapshot now) =>
        $"{RolloutFollower.NewAndReady(now)} of {Amount.Are(now.Replicas, "new pod")} ready"
        + (now.RunningPods > now.UpdatedPods ? $", {Amount.Of(now.RunningPods - now.UpdatedPods, "old one")} still {Amount.Word(now.RunningPods - now.UpdatedPods, "runs", "run")}" : "");

    /// <summary>Empty where they may not, or cannot now, be read: a diagnosis helps, and must not end what it is about.</summary>
    private async Task<IReadOnlyList<JsonObject>> NewPodsAsync(DeploymentSnapshot now, CancellationToken cancellationToken)
    {
        try
        {
            var revisions = await reader.RevisionsAsync(now, cancellationToken);
            var uid = revisions.FirstOrDefault(revision => revision.Template.Fingerprint == now.Template.Fingerprint)?.Uid;
            var pods = await reader.PodsAsync(now, cancellationToken);
            return [.. pods.Where(pod => pod.Items("metadata", "ownerReferences").Any(owner => owner.Text("uid") == uid))];
        }
        catch (IncidentException)
        {
            return [];
        }
    }

    private async Task<string> DescribeAsync(IReadOnlyList<JsonObject> pods, CancellationToken cancellationToken)
    {
        var words = new List<string>();
        foreach (var pod in pods.Where(pod => pod.Condition("Ready").Text("status") != "True" && pod.At("metadata", "deletionTimestamp") is null).Take(MostPods))
        {
            var trouble = PodTrouble.Of(pod);
            var name = pod.Text("metadata", "name") ?? "";
            var what = trouble?.InWords ?? $"{name}: {NotReady(pod)}";
            var container = trouble?.Container ?? UnreadyContainer(pod);
            var log = container is null || trouble is { HasPrevious: false, Restarts: 0, Container: not null } && trouble.Reason.Contains("Image", StringComparison.Ordinal)
                ? []
                : await reader.LogAsync(name, container, trouble?.HasPrevious == true, LogLines, cancellationToken);
            words.Add(log.Count == 0 ? $" Pod {what}." : $" Pod {what}; its log ends: {string.Join(" | ", log)}.");
        }

        return string.Concat(words);
    }

    private static string NotReady(JsonObject pod) =>
        UnreadyContainer(pod) is { } container && pod.Text("status", "phase") == "Running"
            ? $"container {container} runs and is not ready (its readiness probe does not pass)"
            : PlainText.OneLine(pod.Condition("Ready").Text("message"), 200) is { Length: > 0 } message ? message : $"still {pod.Text("status", "phase") ?? "starting"}";

    private static string? UnreadyContainer(JsonObject pod) =>
        pod.Items("status", "containerStatuses").FirstOrDefault(status => status.Text("ready") != "true").Text("name");
}
