using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Replaces every pod of a deployment, as <c>kubectl rollout restart</c> does: by an annotation in the template that says when.</summary>
internal sealed class RestartAct(IClusterConnections connections, TimeProvider time) : IMitigationAct
{
    private const string AnnotationPath = "/spec/template/metadata/annotations";

    private readonly DeploymentChange change = new(connections, time);

    public MitigationKind Kind => MitigationKind.Restart;

    public bool VerifiesService => true;

    public async Task<MitigationPlan> PlanAsync(MitigationRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken)
    {
        scope = ((RestartRequest)request).Pooler ? OfPooler(scope) : scope;
        var reader = await change.OpenAsync(scope, cancellationToken);
        var now = await reader.DeploymentAsync(cancellationToken);
        OtherOwner.CheckNotPaused(reader, now);
        if (now.Replicas == 0)
        {
            throw new IncidentException(
                FailureKind.NothingToDo, $"{reader.ThePlace} is scaled to 0: there is no pod to restart.", reader.Name, advice: "Scale it up instead, if it shall run.");
        }

        var owner = OtherOwner.Check(reader, now, request.Force);
        var risks = new RestartRisks(reader, now, scope);
        var budgets = await risks.BudgetsAsync(cancellationToken);
        var before = now.Template.Content.Text("metadata", "annotations", PodTemplate.RestartAnnotation);
        var after = Stamp(before);
        var template = now.Template.Restarted(after);
        var container = scope.Container is { } named && now.Template.Images.ContainsKey(named) ? named : null;
        return new MitigationPlan
        {
            Id = mitigationId,
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Kind = Kind,
            Target = DeploymentChange.Target(reader),
            Summary = $"Restart {reader.Name}: replace {(now.Replicas == 1 ? "its pod by a new one" : $"its {now.Replicas} pods by new ones")} of the same template",
            Changes = [new PlannedChange($"deployment/{reader.Name}", $"template annotation {PodTemplate.RestartAnnotation}", before, after)],
            Reasons = [$"it goes on with {now.Template.InWords(container)}; a restart repairs nothing that the image or its settings do wrong"],
            Preconditions = [$"the deployment still is what it was at generation {now.Generation} (its pods may come and go)"],
            Warnings = [.. owner, .. risks.Warnings(), .. budgets],
            BlastRadius = risks.BlastRadius(),
            Deadline = request.Deadline ?? DeploymentChange.DefaultDeadline,
            Instructions = new JsonObject
            {
                ["mark"] = DeploymentMark.Of(now).ToJson(),
                ["from"] = new JsonObject { ["revision"] = now.Revision },
                ["restartedAt"] = after,
                ["expects"] = new JsonObject { ["template"] = template.Fingerprint, ["images"] = DeploymentMark.ImagesToJson(template.Images) },
                ["cause"] = $"{(now.Cause is null ? "" : $"{now.Cause}; ")}restarted by {mitigationId}{(scope.Incident is null ? "" : $" for {scope.Incident}")}",
            },
            Scope = DeploymentChange.Pin(scope, reader, container),
        };
    }

    public Task<MitigationPlan> PlanUndoAsync(
        MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken) => throw new IncidentException(
            FailureKind.MitigationNotReversible, $"{applied.Id} restarted {applied.Scope.Deployment}: the pods that it replaced are gone.", applied.Id);

    public async IAsyncEnumerable<ActStep> SendAsync(MitigationPlan plan, ResolvedScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = await change.OpenAsync(scope, cancellationToken);
        yield return new ActStep.Progress(MitigationPhase.Applying, plan.Summary);
        var changed = await ConditionalPatch.SendAsync(
            reader,
            DeploymentMark.FromJson(plan.Instructions["mark"]),
            // A restart leaves the count alone; an autoscaler may move it between the plan and the yes.
            replicasMayMove: true,
            now => [.. Stamping(now, plan.Instructions.Text("restartedAt") ?? ""), .. DeploymentChange.Marks(now, plan, plan.Instructions.Text("cause"))],
            cancellationToken);
        yield return DeploymentChange.Accepted(plan, changed);
    }

    public Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken) =>
        change.ReadBackAsync(plan, scope, cancellationToken);

    public IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, CancellationToken cancellationToken) =>
        change.FollowAsync(plan, scope, wait, cancellationToken);

    private static ResolvedScope OfPooler(ResolvedScope scope) => scope.Environment?.Pooler is { } pooler
        ? scope with { Deployment = pooler, Container = null }
        : throw new IncidentException(
            FailureKind.SettingMissing,
            scope.EnvironmentName is null ? "No environment is named, so it is not known which deployment is the pooler." : $"The environment {scope.EnvironmentName} names no pooler.",
            advice: "Name the deployment itself with -Deployment, or add 'pooler' to the environment file.");

    /// <summary>To the second, as kubectl writes it; one that is there already would restart nothing.</summary>
    private string Stamp(string? before)
    {
        var moment = time.GetUtcNow();
        return Rfc3339.ToSecond(moment) == before ? Rfc3339.ToSecond(moment.AddSeconds(1)) : Rfc3339.ToSecond(moment);
    }

    private static IEnumerable<JsonObject> Stamping(DeploymentSnapshot now, string stamp)
    {
        if (now.Template.Content.At("metadata", "annotations") is null)
        {
            yield return ConditionalPatch.Operation("add", AnnotationPath, new JsonObject());
        }

        yield return ConditionalPatch.Operation("add", $"{AnnotationPath}/{ConditionalPatch.Escape(PodTemplate.RestartAnnotation)}", stamp);
    }
}
