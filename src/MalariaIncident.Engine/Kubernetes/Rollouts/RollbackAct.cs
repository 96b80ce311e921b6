using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Sizes;
using MalariaIncident.Engine.Mitigations;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Puts a pinned ReplicaSet's template back into its deployment.</summary>
internal sealed class RollbackAct(IClusterConnections connections, PastMitigations past, TimeProvider time) : IMitigationAct
{
    private readonly DeploymentChange change = new(connections, time);

    public MitigationKind Kind => MitigationKind.Rollback;

    public bool VerifiesService => true;

    public async Task<MitigationPlan> PlanAsync(MitigationRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken)
    {
        var rollback = (RollbackRequest)request;
        if (rollback.ToRevision is <= 0)
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid,
                $"Revision {rollback.ToRevision} cannot exist: revisions count from 1.",
                rollback.ToRevision,
                advice: "Leave -ToRevision away to have the target chosen; Get-RolloutHistory lists the revisions.");
        }

        var reader = await change.OpenAsync(scope, cancellationToken);
        var facts = await new RollbackFactsReader(time, past).ReadAsync(reader, scope.IncidentStartedAt, scope.Container, cancellationToken);
        if (facts.Revisions.Count == 0)
        {
            throw RolloutHistory.Empty(reader);
        }

        var choice = rollback.ToRevision is { } number ? RollbackChoice.Named(facts, number) : RollbackChoice.Make(facts);
        if (choice.Refusal is not null)
        {
            throw choice.Refusal;
        }

        OtherOwner.CheckNotPaused(reader, facts.Deployment);
        var warnings = OtherOwner.Check(reader, facts.Deployment, request.Force).Concat(choice.Warnings).Concat(await SweptAwayAsync(facts, choice.Target!, cancellationToken));
        return RollbackPlan.Make(new RollbackPlan.Parts(reader, facts.Deployment, facts.Current, choice.Target!, scope)
        {
            MitigationId = mitigationId,
            Deadline = request.Deadline ?? DeploymentChange.DefaultDeadline,
            Reasons = choice.Reasons,
            Warnings = [.. warnings],
        });
    }

    public async Task<MitigationPlan> PlanUndoAsync(
        MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken)
    {
        var reader = await change.OpenAsync(scope, cancellationToken);
        var now = await reader.DeploymentAsync(cancellationToken);
        var from = applied.Instructions["from"];
        var former = await reader.PinnedAsync(from.Text("replicaSet") ?? "", from.Text("uid") ?? "", cancellationToken)
            ?? throw new IncidentException(
                FailureKind.RollbackTargetMissing,
                $"Replica set {from.Text("replicaSet")}, which {applied.Id} replaced, does not exist any more: its template cannot be put back.",
                applied.Id,
                advice: "Deploy the wanted image through the pipeline.");
        var revisions = await reader.RevisionsAsync(now, cancellationToken);
        var current = revisions.FirstOrDefault(revision => revision.Template.Fingerprint == now.Template.Fingerprint);
        var warnings = new List<string>();
        var asItWasLeft = now.Template.Fingerprint == applied.Instructions.Text("expects", "template") || current?.ReplicaSet == applied.Instructions.Text("to", "replicaSet");
        var isBackAlready = now.Template.Fingerprint == former.Template.Fingerprint;
        if (now.Uid != applied.Instructions.Text("mark", "uid") || (!asItWasLeft && !isBackAlready))
        {
            string[] moved = [$"it runs {now.Template.InWords(scope.Container)} now, which {applied.Id} did not leave there{DeploymentMark.LastWriter(now)}"];
            warnings.Add(force ? $"Somebody changed it since {applied.Id}: {moved[0]}. That will be replaced." : throw ConditionalPatch.Changed(reader, moved));
        }

        OtherOwner.CheckNotPaused(reader, now);
        warnings.AddRange(OtherOwner.Check(reader, now, force));
        return RollbackPlan.Make(new RollbackPlan.Parts(reader, now, current, former, scope)
        {
            MitigationId = mitigationId,
            Deadline = applied.Deadline,
            Reasons = [$"{applied.Id}: {applied.Summary}"],
            Warnings = warnings,
            Undoes = applied.Id,
        });
    }

    public async IAsyncEnumerable<ActStep> SendAsync(MitigationPlan plan, ResolvedScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (plan.Instructions.Text("expects", "template") == plan.Instructions.Text("mark", "template"))
        {
            yield return new ActStep.Sent(EventKind.ActionSucceeded, "Nothing was sent: the deployment is that way already.");
            yield break;
        }

        var reader = await change.OpenAsync(scope, cancellationToken);
        var to = plan.Instructions["to"];
        var pinned = await reader.PinnedAsync(to.Text("replicaSet") ?? "", to.Text("uid") ?? "", cancellationToken);
        if (pinned is null || pinned.Template.Fingerprint != to.Text("template"))
        {
            throw ConditionalPatch.Changed(reader, [$"replica set {to.Text("replicaSet")}, whose template was to be put back, is gone or is another one"]);
        }

        yield return new ActStep.Progress(MitigationPhase.Applying, $"putting back the template of {pinned.ReplicaSet}");
        var changed = await ConditionalPatch.SendAsync(
            reader,
            DeploymentMark.FromJson(plan.Instructions["mark"]),
            // A rollback leaves the count alone; an autoscaler may move it between the plan and the yes.
            replicasMayMove: true,
            now =>
            [
                ConditionalPatch.Operation("replace", "/spec/template", pinned.Template.ToJson()),
                .. DeploymentChange.Marks(now, plan, plan.Instructions.Text("cause")),
            ],
            cancellationToken);
        yield return DeploymentChange.Accepted(plan, changed);
    }

    public Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken) =>
        change.ReadBackAsync(plan, scope, cancellationToken);

    public IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, CancellationToken cancellationToken) =>
        change.FollowAsync(plan, scope, wait, cancellationToken);

    /// <summary>The old template knows nothing of features that were switched off since, or of limits that were changed.</summary>
    private async Task<IReadOnlyList<string>> SweptAwayAsync(RollbackFacts facts, Revision target, CancellationToken cancellationToken)
    {
        try
        {
            var features = (await past.InForceAsync(MitigationKind.Degradation, facts.Deployment.Uid, cancellationToken))
                .Where(degradation => degradation.Plan!.Instructions.Items("variables").Any(variable =>
                    EnvironmentEdit.FromJson(variable) is var edit
                    && Fingerprint.Of(edit.Entry(target.Template)) != Fingerprint.Of(edit.After)))
                .Select(degradation => $"{degradation.Id} is in force ({degradation.Summary}); the old template knows nothing of it, so the features it switched off come back.");
            var limits = (await past.InForceAsync(MitigationKind.ResourceLimit, facts.Deployment.Uid, cancellationToken))
                .Where(limit => limit.Plan!.Instructions.Items("edits").Select(ResourceEdit.FromJson)
                    .Any(edit => !ResourceEdit.Same(edit.Present(target.Template.Container(edit.Container)), edit.After)))
                .Select(limit => $"{limit.Id} is in force ({limit.Summary}); the old template knows nothing of it, so the former limits come back.");
            return [.. features, .. limits];
        }
        catch (IncidentException)
        {
            // The facts' notes say already that the journal could not be read.
            return [];
        }
    }
}
