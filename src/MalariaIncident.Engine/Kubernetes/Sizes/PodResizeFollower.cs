using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>Waits until the nodes have given running pods their new size, and says of which they have not.</summary>
internal sealed class PodResizeFollower(DeploymentChange change, TimeProvider time)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    public async IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var reader = await change.OpenAsync(scope, cancellationToken);
        var pods = PodResizePlan.PodsOf(plan);
        var looks = await LookAsync(reader, pods, cancellationToken);
        while (wait && looks.Exists(look => look.State == SizeState.Pending) && !looks.Exists(look => look.State == SizeState.Refused))
        {
            if (time.GetElapsedTime(began) >= plan.Deadline)
            {
                throw Failed(reader, pods, looks, $"after {Duration.InWords(plan.Deadline)}");
            }

            yield return new ActStep.Progress(
                MitigationPhase.Following, $"{looks.Count(look => look.State == SizeState.Taken)} of {Amount.Of(pods.Count, "pod")} {Amount.Word(pods.Count, "has its", "have their")} new size", looks.Count(look => look.State == SizeState.Taken) * 100 / pods.Count);
            await Task.Delay(BetweenLooks, time, cancellationToken);
            looks = await LookAsync(reader, pods, cancellationToken);
        }

        if (looks.Exists(look => look.State is SizeState.Refused or SizeState.Otherwise))
        {
            throw Failed(reader, pods, looks, "now");
        }

        var now = await reader.DeploymentAsync(cancellationToken);
        var detail = wait ? Detail(plan, pods, looks) : "The cluster took the change; the nodes were not waited for.";
        yield return new ActStep.Part(
            new DeploymentChangeResult
            {
                Incident = plan.Incident,
                Environment = plan.Environment,
                MitigationId = plan.Id,
                Kind = plan.Kind,
                Namespace = reader.Namespace,
                Deployment = reader.Name,
                FromRevision = plan.Instructions.Number("from", "revision"),
                ToRevision = now.Revision,
                Image = plan.Scope.Container is { } container ? now.Template.Images.GetValueOrDefault(container) : null,
                Changes = plan.Changes,
                ReadyReplicas = wait ? now.ReadyPods : null,
                Duration = time.GetElapsedTime(began),
                Detail = detail,
            },
            detail);
    }

    private static async Task<List<Look>> LookAsync(DeploymentReader reader, IReadOnlyList<SizedPod> pods, CancellationToken cancellationToken)
    {
        var looks = new List<Look>(pods.Count);
        foreach (var pod in pods)
        {
            try
            {
                var found = await PodResize.FindAsync(reader, pod, cancellationToken);
                var (state, why) = pod.StateOf(found);
                looks.Add(new Look(pod, state, why, SizedPod.RestartsOf(found, pod.Edits[0].Container) > pod.Restarts));
            }
            catch (IncidentException failure) when (ClusterFailures.Passes(failure))
            {
                looks.Add(new Look(pod, SizeState.Pending, failure.Message.TrimEnd('.'), Restarted: false));
            }
        }

        return looks;
    }

    private static string Detail(MitigationPlan plan, IReadOnlyList<SizedPod> pods, List<Look> looks)
    {
        if (pods.Count == 0)
        {
            return "No pod was left to resize.";
        }

        var gone = looks.Count(look => look.State == SizeState.Gone);
        var restarted = looks.Count(look => look.Restarted);
        return $"{looks.Count(look => look.State == SizeState.Taken)} of {Amount.Of(pods.Count, "pod")} {Amount.Word(pods.Count, "has its", "have their")} new size"
            + (restarted == 0 ? ", and none of them restarted" : $"; in {restarted} of them the container restarted")
            + (gone == 0 ? "" : $"; {gone} went meanwhile")
            + (plan.Undoes is null ? ". The template is unchanged: a pod that is replaced has the former limits." : ".");
    }

    private static IncidentException Failed(DeploymentReader reader, IReadOnlyList<SizedPod> pods, List<Look> looks, string when) => new(
        FailureKind.ResizeFailed,
        $"{looks.Count(look => look.State == SizeState.Taken)} of {Amount.Of(pods.Count, "pod")} of {reader.Place} {Amount.Word(pods.Count, "has its", "have their")} new size {when}: "
        + string.Join("; ", looks.Where(look => look.State is not (SizeState.Taken or SizeState.Gone)).Select(look => $"pod {look.Pod.Name} has not ({look.Why})")) + ".",
        reader.Name);

    private sealed record Look(SizedPod Pod, SizeState State, string? Why, bool Restarted);
}
