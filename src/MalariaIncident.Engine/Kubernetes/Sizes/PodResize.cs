using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>
/// Limits of the pods that run now, without a restart (<c>pods/resize</c>, stable since Kubernetes 1.35). The template stays as it is, since a change
/// of it would replace the very pods: what comes later has the former size again.
/// </summary>
internal sealed class PodResize(DeploymentChange change, TimeProvider time)
{
    public async Task<MitigationPlan> PlanAsync(ResourceLimitRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken)
    {
        var wanted = new WantedLimits(request);
        var reader = await change.OpenAsync(scope, cancellationToken);
        var now = await reader.DeploymentAsync(cancellationToken);
        var name = ContainerChoice.Of(reader, now, scope.Container, needed: true)!;
        await CheckSupportedAsync(reader, cancellationToken);
        var guaranteed = false;
        var pods = new List<SizedPod>();
        var running = await RunningAsync(reader, now, name, cancellationToken);
        foreach (var pod in running)
        {
            // The server keeps a pod's quality of service for life.
            var follows = (pod.Text("status", "qosClass") ?? QualityOfService.Of(pod["spec"])) == QualityOfService.Guaranteed;
            guaranteed |= follows;
            if (wanted.EditsFor(SizedPod.Container(pod, name)!, $"pod {pod.Text("metadata", "name")}", follows) is { Count: > 0 } edits)
            {
                pods.Add(SizedPod.Of(pod, name, edits));
            }
        }

        if (pods.Count == 0)
        {
            throw new IncidentException(
                FailureKind.NothingToDo,
                running.Count == 0 ? $"No pod of {reader.Place} runs that could be resized." : $"{(running.Count == 1 ? "The running pod" : $"All {running.Count} running pods")} of {reader.Place} {Amount.Word(running.Count, "has", "have")} these limits already.",
                reader.Name);
        }

        var after = TemplateResize.After(now, wanted.EditsFor(now.Template.Container(name)!, reader.Place, guaranteed));
        var check = new LimitCheck(reader, now, after, request.Force);
        await check.RunAsync(replaced: false, cancellationToken);
        var former = string.Join(", ", now.Template.Container(name).Map("resources", ResourceEdit.Limits).Select(limit => $"{limit.Key} {limit.Value}"));
        var restarts = RestartingResources(running, name, pods);
        return PodResizePlan.Make(new PodResizePlan.Parts(reader, now, scope, pods)
        {
            MitigationId = mitigationId,
            Deadline = request.Deadline ?? DeploymentChange.DefaultDeadline,
            Summary = $"Set {wanted.InWords} for container {name} in {Pods(pods.Count)} of {reader.Name}, as they run",
            Reasons = guaranteed ? ["the pods are Guaranteed, and must stay so: requests move along with limits"] : [],
            Warnings =
            [
                .. check.Warnings,
                $"The template of {reader.Name} stays as it is: a pod that is replaced (next rollout, restart of its node, eviction, scaling) has the template's limits again ({(former.Length == 0 ? "none" : former)}).",
                .. restarts.Count == 0 ? Array.Empty<string>() : [$"Container {name} restarts when its {string.Join(" or ", restarts)} changes (its resizePolicy says so)."],
            ],
            // The server takes no limit away in place.
            Undo = pods.SelectMany(pod => pod.Edits).Any(edit => edit.Before is null) ? null
                : $"Undo-Mitigation {mitigationId} sets the former limits in those of these pods that run then",
        });
    }

    public async Task<MitigationPlan> PlanUndoAsync(MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken)
    {
        var reader = await change.OpenAsync(scope, cancellationToken);
        var now = await reader.DeploymentAsync(cancellationToken);
        var pods = new List<SizedPod>();
        var moved = new List<string>();
        foreach (var resized in PodResizePlan.PodsOf(applied))
        {
            if (await FindAsync(reader, resized, cancellationToken) is not { } pod)
            {
                continue;
            }

            var edits = resized.Edits.Select(edit => edit with { Before = edit.Present(SizedPod.Container(pod, edit.Container)), After = edit.Before })
                .Where(edit => !ResourceEdit.Same(edit.Before, edit.After)).ToList();
            if (edits.Count == 0)
            {
                continue;
            }

            moved.AddRange(resized.DifferencesIn(pod, edit => edit.After));
            pods.Add(SizedPod.Of(pod, edits[0].Container, edits));
        }

        if (moved.Count > 0 && !force)
        {
            throw ConditionalPatch.Changed(reader, moved);
        }

        return PodResizePlan.Make(new PodResizePlan.Parts(reader, now, scope, pods)
        {
            MitigationId = mitigationId,
            Deadline = applied.Deadline,
            Summary = pods.Count == 0
                ? $"Record that {applied.Id} is undone: none of its pods of {reader.Name} runs with its limits any more"
                : $"Set the limits that {applied.Id} replaced again, in {Pods(pods.Count)} of {reader.Name}",
            Reasons = [$"{applied.Id}: {applied.Summary}"],
            Warnings = [.. moved.Select(what => $"Moved since {applied.Id}, and replaced all the same: {what}.")],
            Undoes = applied.Id,
        });
    }

    public async IAsyncEnumerable<ActStep> SendAsync(MitigationPlan plan, ResolvedScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pods = PodResizePlan.PodsOf(plan);
        if (pods.Count == 0)
        {
            yield return new ActStep.Sent(EventKind.ActionSucceeded, "Nothing was sent: no pod is left to resize.");
            yield break;
        }

        var reader = await change.OpenAsync(scope, cancellationToken);
        var now = await reader.DeploymentAsync(cancellationToken);
        if (DeploymentMark.FromJson(plan.Instructions["mark"]).MovedIn(now, replicasMayMove: true) is { Count: > 0 } changed)
        {
            throw ConditionalPatch.Changed(reader, changed);
        }

        var taken = new List<string>();
        var missed = new List<string>();
        IncidentException? first = null;
        foreach (var pod in pods)
        {
            yield return new ActStep.Progress(MitigationPhase.Applying, $"resizing pod {pod.Name}", taken.Count * 100 / pods.Count);
            try
            {
                await ResizeAsync(reader, pod, cancellationToken);
                taken.Add(pod.Name);
            }
            // One that is refused must not hide those that were resized: the journal has to say which.
            catch (IncidentException failure) when (failure.Kind != FailureKind.OutcomeUnknown)
            {
                first ??= failure;
                missed.Add(failure.Message);
            }
        }

        if (taken.Count == 0)
        {
            // The server knows pods/resize, and the node that the pod runs on may be older.
            throw first!.Message.Contains("without support for resize", StringComparison.Ordinal)
                ? new IncidentException(FailureKind.ResizeUnsupported, first.Message, first.Subject)
                : first;
        }

        yield return new ActStep.Sent(
            EventKind.ActionSucceeded,
            $"{plan.Summary}: the cluster took it for {string.Join(", ", taken)}{(missed.Count == 0 ? "" : $", and not for others: {string.Join(" ", missed)}")}",
            new JsonObject { ["pods"] = new JsonArray([.. taken.Select(name => JsonValue.Create(name))]) });
    }

    /// <summary>Made where one of the pods shows it: the others are found by following.</summary>
    public async Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken)
    {
        var reader = await change.OpenAsync(scope, cancellationToken);
        foreach (var pod in PodResizePlan.PodsOf(plan))
        {
            if (await FindAsync(reader, pod, cancellationToken) is { } found && pod.DifferencesIn(found, edit => edit.After).Count == 0)
            {
                return ReadBack.Applied;
            }
        }

        return ReadBack.NotApplied;
    }

    public IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, CancellationToken cancellationToken) =>
        new PodResizeFollower(change, time).FollowAsync(plan, scope, wait, cancellationToken);

    /// <summary>The pod as it is; null where it is gone or another one has its name.</summary>
    public static async Task<JsonObject?> FindAsync(DeploymentReader reader, SizedPod pod, CancellationToken cancellationToken)
    {
        try
        {
            var found = await reader.Objects.GetAsync($"Reading pod {pod.Name}", Path(reader, pod.Name), "Pod", pod.Name, cancellationToken);
            return found.Text("metadata", "uid") == pod.Uid && found.At("metadata", "deletionTimestamp") is null ? found : null;
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.ResourceNotFound)
        {
            return null;
        }
    }

    private static async Task ResizeAsync(DeploymentReader reader, SizedPod pod, CancellationToken cancellationToken)
    {
        var found = await FindAsync(reader, pod, cancellationToken)
            ?? throw new IncidentException(FailureKind.ObjectChanged, $"Pod {pod.Name} is gone; the one in its place has the template's limits.", pod.Name);
        if (pod.DifferencesIn(found, edit => edit.Before) is { Count: > 0 } moved)
        {
            throw ConditionalPatch.Changed($"pod {pod.Name}", pod.Name, moved);
        }

        await reader.Objects.PatchAsync($"Resizing pod {pod.Name}", $"{Path(reader, pod.Name)}/resize", pod.Name, pod.Patch(found), cancellationToken);
    }

    private static string Path(DeploymentReader reader, string pod) => $"api/v1/namespaces/{reader.Namespace}/pods/{KubernetesName.Validate(pod, "pod")}";

    private static async Task CheckSupportedAsync(DeploymentReader reader, CancellationToken cancellationToken)
    {
        var core = await reader.Objects.GetAsync("Reading what the server can do", "api/v1", cancellationToken);
        if (core.Items("resources").All(resource => resource.Text("name") != "pods/resize"))
        {
            throw new IncidentException(
                FailureKind.ResizeUnsupported, $"The server of context {reader.Context} cannot resize running pods: it has no pods/resize (Kubernetes 1.33 and newer have).", reader.Name);
        }
    }

    private static async Task<IReadOnlyList<JsonObject>> RunningAsync(DeploymentReader reader, DeploymentSnapshot now, string container, CancellationToken cancellationToken)
    {
        var sets = (await reader.RevisionsAsync(now, cancellationToken)).Select(revision => revision.Uid).ToHashSet(StringComparer.Ordinal);
        return [.. (await reader.PodsAsync(now, cancellationToken)).Where(pod => pod.At("metadata", "deletionTimestamp") is null
            && pod.Text("spec", "nodeName") is not null
            && pod.Text("status", "phase") is not ("Succeeded" or "Failed")
            && pod.Items("metadata", "ownerReferences").Any(owner => sets.Contains(owner.Text("uid") ?? ""))
            && SizedPod.Container(pod, container) is not null)];
    }

    private static IReadOnlyList<string> RestartingResources(IReadOnlyList<JsonObject> pods, string container, IReadOnlyList<SizedPod> sized) =>
    [
        .. pods.SelectMany(pod => SizedPod.Container(pod, container).Items("resizePolicy"))
            .Where(policy => policy.Text("restartPolicy") == "RestartContainer")
            .Select(policy => policy.Text("resourceName") ?? "")
            .Distinct(StringComparer.Ordinal)
            .Where(resource => sized.SelectMany(pod => pod.Edits).Any(edit => edit.Resource == resource)),
    ];

    private static string Pods(int count) => Amount.Of(count, "pod");
}
