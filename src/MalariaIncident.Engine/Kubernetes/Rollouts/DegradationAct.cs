using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Switches features off in one container and reduces replicas; puts both back exactly.</summary>
internal sealed class DegradationAct(IClusterConnections connections, TimeProvider time) : IMitigationAct
{
    private readonly DeploymentChange change = new(connections, time);

    /// <summary>An autoscaler looks every 15 seconds.</summary>
    internal TimeSpan SecondLook { get; init; } = TimeSpan.FromSeconds(16);

    private const int MostNamed = 12;

    public MitigationKind Kind => MitigationKind.Degradation;

    public bool VerifiesService => true;

    public async Task<MitigationPlan> PlanAsync(MitigationRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken)
    {
        var degradation = (DegradationRequest)request;
        string[] variables = [.. (degradation.DisableFeatures ?? scope.Environment?.Features ?? []).Select(FeatureName.Variable).Distinct(StringComparer.Ordinal)];
        var wanted = degradation.Replicas ?? scope.Environment?.ReducedReplicas;
        CheckAsked(variables, wanted, request.Force);
        var reader = await change.OpenAsync(scope, cancellationToken);
        var now = await reader.DeploymentAsync(cancellationToken);
        var container = ContainerChoice.Of(reader, now, scope.Container, needed: variables.Length > 0);
        var edits = variables
            .Select(variable => EnvironmentEdit.Set(now.Template, container!, variable, "false"))
            .Where(edit => Fingerprint.Of(edit.Before) != Fingerprint.Of(edit.After))
            .ToList();
        var draft = new DegradationPlan(reader, now, scope, mitigationId, edits);
        var replicas = await ReplicasAsync(draft, wanted, degradation.Replicas is not null, request.Force, cancellationToken);
        if (edits.Count == 0 && replicas is null)
        {
            throw new IncidentException(
                FailureKind.NothingToDo,
                $"{reader.ThePlace} is degraded that far already: {(variables.Length == 0 ? "" : $"{string.Join(", ", variables)} {(variables.Length == 1 ? "is" : "are")} false, ")}{Amount.Of(now.Replicas, "replica")}.",
                reader.Name);
        }

        OtherOwner.CheckNotPaused(reader, now);
        draft.Warn(UnknownFeatures(now.Template, edits));
        draft.Warn(OtherOwner.Check(reader, now, request.Force));
        return draft.Make(replicas, container, Summary(reader, edits, replicas), request.Deadline ?? DeploymentChange.DefaultDeadline) with
        {
            Undo = $"Undo-Mitigation {mitigationId} (or Set-ServiceDegradation -Restore) puts back exactly what was there",
            Temporary = true,
        };
    }

    /// <summary>A mistyped feature becomes a variable that nobody reads, and the feature stays on.</summary>
    private static IEnumerable<string> UnknownFeatures(PodTemplate template, IReadOnlyList<EnvironmentEdit> edits)
    {
        var unknown = edits.Where(edit => edit.Before is null).ToList();
        if (unknown.Count > 0 && template.Container(unknown[0].Container) is { } container)
        {
            string[] known = [.. container.Items("env").Select(variable => variable.Text("name") ?? "").Where(FeatureName.IsVariable).Distinct(StringComparer.Ordinal).Take(MostNamed)];
            yield return $"Container {unknown[0].Container} has no {string.Join(" and no ", unknown.Select(edit => edit.Name))} so far; if the application does not read that, nothing is switched off. "
                + (known.Length == 0 ? "It names no variable FEATURE_…" : $"It has {string.Join(", ", known)}")
                + (container.Items("envFrom").Any() ? ", and what its envFrom brings." : ".");
        }
    }

    public async Task<MitigationPlan> PlanUndoAsync(
        MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken)
    {
        var reader = await change.OpenAsync(scope, cancellationToken);
        var now = await reader.DeploymentAsync(cancellationToken);
        var moved = new List<string>();
        if (now.Uid != applied.Instructions.Text("mark", "uid"))
        {
            moved.Add("the deployment was deleted and made anew");
        }

        var edits = new List<EnvironmentEdit>();
        foreach (var edit in applied.Instructions.Items("variables").Select(EnvironmentEdit.FromJson))
        {
            var entry = edit.Entry(now.Template);
            if (now.Template.Container(edit.Container) is null)
            {
                moved.Add($"container {edit.Container} is gone");
            }
            else if (Fingerprint.Of(entry) != Fingerprint.Of(edit.Before))
            {
                edits.Add(edit.Reversed());
                if (Fingerprint.Of(entry) != Fingerprint.Of(edit.After))
                {
                    moved.Add($"{edit.Name} of container {edit.Container}: {ContainerDifference.EntryInWords(edit.After)} → {ContainerDifference.EntryInWords(entry) ?? "(none)"}{DeploymentMark.LastWriter(now)}");
                }
            }
        }

        var replicas = ReplicaChange.FromJson(applied.Instructions["replicas"]) is { } reduced && now.Replicas != reduced.Before
            ? new ReplicaChange(now.Replicas, reduced.Before)
            : null;
        if (replicas is not null && ReplicaChange.FromJson(applied.Instructions["replicas"])!.After != now.Replicas)
        {
            moved.Add($"replicas: {ReplicaChange.FromJson(applied.Instructions["replicas"])!.After} → {now.Replicas}");
        }

        if (moved.Count > 0 && !force)
        {
            throw ConditionalPatch.Changed(reader, moved);
        }

        edits.RemoveAll(edit => now.Template.Container(edit.Container) is null);
        OtherOwner.CheckNotPaused(reader, now);
        var draft = new DegradationPlan(reader, now, scope, mitigationId, edits);
        draft.Warn(moved.Select(what => $"Moved since {applied.Id}, and replaced all the same: {what}."));
        draft.Warn(OtherOwner.Check(reader, now, force));
        if (replicas is not null && await reader.AutoscalersAsync(cancellationToken) is [var autoscaler, ..])
        {
            draft.Warn([$"Autoscaler {autoscaler} sets the replicas of this deployment and may change them again."]);
        }

        var summary = edits.Count == 0 && replicas is null
            ? $"Record that {applied.Id} is undone: {reader.Name} is as it was before"
            : $"Put back what {applied.Id} replaced on {reader.Name}";
        var plan = draft.Make(replicas, scope.Container, summary, applied.Deadline);
        // The former ReplicaSet is revived and takes over the annotations: it shall say again what it was released for.
        if (edits.Count > 0 && applied.Instructions.Text("formerCause") is { } cause)
        {
            plan.Instructions["cause"] = cause;
        }

        return plan with { Undoes = applied.Id, Reasons = [$"{applied.Id}: {applied.Summary}"] };
    }

    public async IAsyncEnumerable<ActStep> SendAsync(MitigationPlan plan, ResolvedScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!plan.Instructions.Items("variables").Any() && plan.Instructions["replicas"] is null)
        {
            yield return new ActStep.Sent(EventKind.ActionSucceeded, "Nothing was sent: the deployment is that way already.");
            yield break;
        }

        var reader = await change.OpenAsync(scope, cancellationToken);
        yield return new ActStep.Progress(MitigationPhase.Applying, plan.Summary);
        var changed = await ConditionalPatch.SendAsync(
            reader, DeploymentMark.FromJson(plan.Instructions["mark"]), replicasMayMove: false, now => DegradationPlan.Operations(plan, now), cancellationToken);
        yield return DeploymentChange.Accepted(plan, changed);
    }

    public Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken) =>
        change.ReadBackAsync(plan, scope, cancellationToken);

    public async IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        EnvironmentEdit[] edits = [.. plan.Instructions.Items("variables").Select(EnvironmentEdit.FromJson)];
        await foreach (var step in new ReplicaHold(change, time) { SecondLook = SecondLook }.FollowAsync(plan, scope, wait, cancellationToken))
        {
            yield return wait && edits.Length > 0 && step is ActStep.Part { Result: DeploymentChangeResult result } part
                && await PodVariables.SeenAsync(await change.OpenAsync(scope, cancellationToken), edits, cancellationToken) is { } seen
                ? part with { Result = result with { Detail = $"{result.Detail} {seen}" }, Text = $"{part.Text} {seen}" }
                : step;
        }
    }

    private static void CheckAsked(string[] variables, int? wanted, bool force)
    {
        if (wanted < 0 || (wanted == 0 && !force))
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid,
                wanted < 0 ? $"{wanted} replicas cannot run." : "0 replicas would switch the service off, not degrade it.",
                wanted,
                advice: wanted < 0 ? "Give the number of replicas that shall remain." : "Give at least 1, or say -Force if switching it off is what you want.");
        }

        if (variables.Length == 0 && wanted is null)
        {
            throw new IncidentException(
                FailureKind.SettingMissing,
                "Nothing is named that could be degraded: no feature and no number of replicas.",
                advice: "Name features with -DisableFeature or replicas with -Replicas, or put features and reducedReplicas into the environment file.");
        }
    }

    /// <summary>Null where the count stays. Never up: fewer may run by now than the reduced count says.</summary>
    private static async Task<ReplicaChange?> ReplicasAsync(DegradationPlan draft, int? wanted, bool asked, bool force, CancellationToken cancellationToken)
    {
        if (wanted is not { } count)
        {
            return null;
        }

        if (draft.Now.Replicas <= count)
        {
            draft.Reason($"replicas are left at {draft.Now.Replicas}: {(draft.Now.Replicas == count ? "that is the reduced count" : $"{count} would be more than run now")}");
            return null;
        }

        var autoscalers = await draft.Reader.AutoscalersAsync(cancellationToken);
        if (autoscalers is null)
        {
            draft.Warn(["Whether an autoscaler owns the replicas could not be read; if one does, it will set them again."]);
        }
        else if (autoscalers is [var autoscaler, ..])
        {
            var owned = $"autoscaler {autoscaler} sets the replicas of {draft.Reader.Place}";
            if (!force && asked)
            {
                throw new IncidentException(
                    FailureKind.ObjectManagedElsewhere,
                    $"{char.ToUpperInvariant(owned[0])}{owned[1..]} and would override {count}.",
                    draft.Reader.Name,
                    advice: $"Lower maxReplicas of the autoscaler instead, leave -Replicas away, or say -Force.");
            }

            draft.Autoscaler = force ? autoscaler : null;
            draft.Warn([force ? $"The {owned} and may override {count} within a minute." : $"Replicas are left at {draft.Now.Replicas}: {owned}. Lower its maxReplicas instead, or say -Force."]);
            if (!force)
            {
                return null;
            }
        }

        return new ReplicaChange(draft.Now.Replicas, count);
    }

    private static string Summary(DeploymentReader reader, IReadOnlyList<EnvironmentEdit> edits, ReplicaChange? replicas)
    {
        var features = edits.Count == 0 ? null : $"switch off {string.Join(", ", edits.Select(edit => edit.Name))}";
        var count = replicas is null ? null : $"reduce replicas from {replicas.Before} to {replicas.After}";
        return $"Degrade {reader.Name}: {string.Join(" and ", new[] { features, count }.OfType<string>())}";
    }
}
