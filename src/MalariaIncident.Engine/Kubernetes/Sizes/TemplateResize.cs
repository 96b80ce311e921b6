using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>Limits in the template of a deployment: every pod is replaced, a few at a time.</summary>
internal sealed class TemplateResize(DeploymentChange change)
{
    private const string Containers = "/spec/template/spec/containers";

    public async Task<MitigationPlan> PlanAsync(ResourceLimitRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken)
    {
        var wanted = new WantedLimits(request);
        var reader = await change.OpenAsync(scope, cancellationToken);
        var now = await reader.DeploymentAsync(cancellationToken);
        var name = ContainerChoice.Of(reader, now, scope.Container, needed: true)!;
        var container = now.Template.Container(name)!;
        var edits = wanted.EditsFor(container, reader.Place, requestFollows: false);
        if (edits.Count == 0)
        {
            throw new IncidentException(FailureKind.NothingToDo, $"Container {name} of {reader.Place} has these limits already.", name);
        }

        OtherOwner.CheckNotPaused(reader, now);
        var owned = OtherOwner.Check(reader, now, request.Force);
        var check = new LimitCheck(reader, now, After(now, edits), request.Force);
        await check.RunAsync(replaced: true, cancellationToken);
        return Make(reader, now, scope, edits, mitigationId, $"Set {wanted.InWords} for container {name} of {reader.Name}", request.Deadline ?? DeploymentChange.DefaultDeadline) with
        {
            Reasons = [.. wanted.Unrequested(container).Select(resource => $"container {name} has no {resource} request, so its limit counts as one: every pod asks its node for that much")],
            Warnings = [.. check.Warnings, .. owned],
            Undo = $"Undo-Mitigation {mitigationId} puts back exactly what was there, with another rolling restart",
        };
    }

    public async Task<MitigationPlan> PlanUndoAsync(MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken)
    {
        var reader = await change.OpenAsync(scope, cancellationToken);
        var now = await reader.DeploymentAsync(cancellationToken);
        var moved = now.Uid == applied.Instructions.Text("mark", "uid") ? new List<string>() : ["the deployment was deleted and made anew"];
        var edits = new List<ResourceEdit>();
        foreach (var edit in applied.Instructions.Items("edits").Select(ResourceEdit.FromJson))
        {
            var container = now.Template.Container(edit.Container);
            var present = edit.Present(container);
            if (container is null)
            {
                moved.Add($"container {edit.Container} is gone");
            }
            else if (!ResourceEdit.Same(present, edit.Before))
            {
                edits.Add(edit with { Before = present, After = edit.Before });
                if (!ResourceEdit.Same(present, edit.After))
                {
                    moved.Add($"{edit.Field}: {edit.After ?? "(none)"} → {present ?? "(none)"}{DeploymentMark.LastWriter(now)}");
                }
            }
        }

        if (moved.Count > 0 && !force)
        {
            throw ConditionalPatch.Changed(reader, moved);
        }

        OtherOwner.CheckNotPaused(reader, now);
        var summary = edits.Count == 0
            ? $"Record that {applied.Id} is undone: {reader.Name} is as it was before"
            : $"Put back the limits that {applied.Id} replaced on {reader.Name}";
        var plan = Make(reader, now, scope, edits, mitigationId, summary, applied.Deadline) with
        {
            Undoes = applied.Id,
            Reasons = [$"{applied.Id}: {applied.Summary}"],
            Warnings = [.. moved.Select(what => $"Moved since {applied.Id}, and replaced all the same: {what}."), .. OtherOwner.Check(reader, now, force)],
        };
        // The former ReplicaSet is revived and takes over the annotations: it shall say again what it was released for.
        if (edits.Count > 0 && applied.Instructions.Text("formerCause") is { } cause)
        {
            plan.Instructions["cause"] = cause;
        }

        return plan;
    }

    public async IAsyncEnumerable<ActStep> SendAsync(MitigationPlan plan, ResolvedScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var edits = plan.Instructions.Items("edits").Select(ResourceEdit.FromJson).ToList();
        if (edits.Count == 0)
        {
            yield return new ActStep.Sent(EventKind.ActionSucceeded, "Nothing was sent: the deployment is that way already.");
            yield break;
        }

        var reader = await change.OpenAsync(scope, cancellationToken);
        yield return new ActStep.Progress(MitigationPhase.Applying, plan.Summary);
        var changed = await ConditionalPatch.SendAsync(
            reader,
            DeploymentMark.FromJson(plan.Instructions["mark"]),
            // The count is not touched; an autoscaler may move it between the plan and the yes.
            replicasMayMove: true,
            now =>
            {
                var containers = (JsonArray)now.Template.ToJson().At("spec", "containers")!;
                return [.. edits.SelectMany(edit => edit.Apply(containers, Containers)), .. DeploymentChange.Marks(now, plan, plan.Instructions.Text("cause"))];
            },
            cancellationToken);
        yield return DeploymentChange.Accepted(plan, changed);
    }

    /// <summary>The template with other limits.</summary>
    public static PodTemplate After(DeploymentSnapshot now, IReadOnlyList<ResourceEdit> edits)
    {
        var template = now.Template.ToJson();
        foreach (var edit in edits)
        {
            edit.Apply((JsonArray)template.At("spec", "containers")!, Containers);
        }

        return new PodTemplate(template);
    }

    private static MitigationPlan Make(
        DeploymentReader reader, DeploymentSnapshot now, ResolvedScope scope, IReadOnlyList<ResourceEdit> edits, string mitigationId, string summary, TimeSpan deadline)
    {
        var after = After(now, edits);
        var recreates = now.Content.Text("spec", "strategy", "type") == "Recreate";
        return new MitigationPlan
        {
            Id = mitigationId,
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Kind = MitigationKind.ResourceLimit,
            Target = DeploymentChange.Target(reader),
            Summary = summary,
            Changes = [.. edits.Select(edit => edit.Describe($"deployment/{reader.Name}"))],
            Preconditions = [$"the deployment still is what it was at generation {now.Generation} (its pods may come and go)"],
            BlastRadius = edits.Count == 0 ? null
                : $"every pod restarts: {Amount.Are(now.Replicas, "pod")} replaced, {(recreates ? "all at once, since the strategy is Recreate" : "a few at a time")}",
            Deadline = deadline,
            Instructions = new JsonObject
            {
                ["mark"] = DeploymentMark.Of(now).ToJson(),
                ["from"] = new JsonObject { ["revision"] = now.Revision },
                ["edits"] = new JsonArray([.. edits.Select(edit => edit.ToJson())]),
                ["expects"] = new JsonObject { ["template"] = after.Fingerprint, ["images"] = DeploymentMark.ImagesToJson(after.Images) },
                ["formerCause"] = now.Cause,
                ["cause"] = edits.Count == 0 ? null : $"{summary}; by {mitigationId}{(scope.Incident is null ? "" : $" for {scope.Incident}")}",
            },
            Scope = DeploymentChange.Pin(scope, reader, edits.Count > 0 ? edits[0].Container : scope.Container),
        };
    }
}
