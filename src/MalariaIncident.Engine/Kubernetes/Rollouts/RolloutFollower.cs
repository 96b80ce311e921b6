using System.Runtime.CompilerServices;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>How far a rollout is; the last step carries the deployment as it stands when complete.</summary>
internal sealed record RolloutStep(string Activity, int Percent, DeploymentSnapshot? Completed = null);

/// <summary>What a rollout leads to.</summary>
internal sealed record RolloutGoal(string Uid, string Template, IReadOnlyDictionary<string, string> Images)
{
    /// <summary>
    /// The template as the server keeps it: it may have added defaults that an old ReplicaSet lacks, but never another image.
    /// </summary>
    public RolloutGoal AsStored(DeploymentSnapshot deployment) =>
        deployment.Uid == Uid && deployment.Template.Images.Count == Images.Count
        && Images.All(pair => deployment.Template.Images.GetValueOrDefault(pair.Key) == pair.Value)
            ? this with { Template = deployment.Template.Fingerprint }
            : this;
}

/// <summary>Follows a rollout to its end. <c>kubectl rollout status</c> has no default deadline and does not say why; this has, and does.</summary>
internal sealed class RolloutFollower(TimeProvider time)
{
    private static readonly TimeSpan BetweenPodReads = TimeSpan.FromSeconds(1);

    /// <summary>RolloutFailed, RolloutTimeout, ObjectChanged where somebody replaced the template meanwhile.</summary>
    public async IAsyncEnumerable<RolloutStep> FollowAsync(
        DeploymentReader reader, RolloutGoal goal, TimeSpan deadline, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(deadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        await using var hints = new RolloutHints(reader, "", time, both.Token);
        var diagnosis = new RolloutDiagnosis(reader, time);
        DeploymentSnapshot? last = null;
        var said = "";
        long podsReadAt = 0;
        while (true)
        {
            RolloutStep? step = null;
            try
            {
                var now = await ReadAsync(reader, both.Token);
                if (now is null)
                {
                    step = new RolloutStep("the cluster does not answer; trying again", 0);
                }
                else
                {
                    goal = last is null ? goal.AsStored(now) : goal;
                    last = now;
                    CheckStillOurs(reader, now, goal);
                    step = Step(now);
                    if (step.Completed is null && (podsReadAt == 0 || time.GetElapsedTime(podsReadAt) >= BetweenPodReads))
                    {
                        await diagnosis.ThrowIfHopelessAsync(now, both.Token);
                        podsReadAt = time.GetTimestamp();
                    }
                }
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // Below: the deadline has passed.
            }

            if (step?.Completed is null && end.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw await diagnosis.TimeoutAsync(last, deadline, cancellationToken);
            }

            if (step is not null && (step.Activity != said || step.Completed is not null))
            {
                said = step.Activity;
                yield return step;
            }

            if (step?.Completed is not null)
            {
                yield break;
            }

            try
            {
                await hints.WaitAsync(both.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The deadline: one last look is not needed, the next turn says so.
            }
        }
    }

    public static RolloutStep Step(DeploymentSnapshot now)
    {
        var ready = NewAndReady(now);
        return now.RolloutComplete
            ? new RolloutStep($"{now.ReadyPods} of {now.Replicas} ready", 100, now)
            : new RolloutStep(
                now.ObservedGeneration < now.Generation ? "the cluster has taken the change" : $"{ready} of {now.Replicas} ready",
                now.Replicas == 0 ? 0 : Math.Min(99, ready * 100 / now.Replicas));
    }

    /// <summary>Status counts ready pods of all revisions together; this is how many of the new ones are ready at least.</summary>
    public static int NewAndReady(DeploymentSnapshot now) =>
        now.ObservedGeneration < now.Generation ? 0 : Math.Clamp(now.ReadyPods - Math.Max(0, now.RunningPods - now.UpdatedPods), 0, Math.Min(now.UpdatedPods, now.Replicas));

    private static void CheckStillOurs(DeploymentReader reader, DeploymentSnapshot now, RolloutGoal goal)
    {
        if (now.Uid == goal.Uid && now.Template.Fingerprint == goal.Template)
        {
            return;
        }

        throw new IncidentException(
            FailureKind.ObjectChanged,
            now.Uid != goal.Uid
                ? $"The change was made, but {reader.Place} was deleted and made anew while it rolled out."
                : $"The change was made, but somebody replaced it while it rolled out: {reader.Place} now has {now.Template.InWords(null)}{DeploymentMark.LastWriter(now)}.",
            reader.Name,
            advice: "A pipeline or a GitOps controller may be putting its own version back: stop it, then plan again.");
    }

    /// <summary>Null where the cluster does not answer for now; the deadline ends that.</summary>
    private static async Task<DeploymentSnapshot?> ReadAsync(DeploymentReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.DeploymentAsync(cancellationToken);
        }
        catch (IncidentException failure) when (ClusterFailures.Passes(failure))
        {
            return null;
        }
    }
}
