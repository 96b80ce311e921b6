using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Kubernetes.Sizes;
using MalariaIncident.Engine.Readiness;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Access;

/// <summary>Do the names lead to something, and could it be rolled back, scaled, restarted?</summary>
internal sealed class WorkloadReadiness(ReadinessInquiry inquiry, ClusterConnection connection, PastMitigations past, TimeProvider time)
{
    private const string Rollback = "Invoke-EmergencyRollback";
    private const string Degradation = "Set-ServiceDegradation";
    private const string Limit = "Set-ResourceLimit";
    private const string Scale = "Set-ServiceScale";
    private const string Restart = "Restart-Deployment";

    private readonly TimeSpan timeout = inquiry.Scope.Timeout;

    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        if (!inquiry.Wants(ReadinessArea.Workload))
        {
            return [];
        }

        var space = NamespaceAsync(cancellationToken);
        var pooler = PoolerAsync(cancellationToken);
        var deployment = DeploymentAsync(cancellationToken);
        return [await space, .. await deployment, Features(), await pooler];
    }

    private Task<ReadinessCheck> NamespaceAsync(CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Workload, "Namespace");
        return question.AskAsync(
            async token =>
            {
                var found = await new ClusterObjects(connection, timeout).GetAsync(
                    $"Reading namespace {connection.Namespace}", $"api/v1/namespaces/{connection.Namespace}", "Namespace", connection.Namespace, token);
                return found.Text("status", "phase") == "Terminating"
                    ? question.NotReady($"Namespace {connection.Namespace} is being deleted.", "Find out who deletes it, and why.")
                    : question.Ready($"{connection.Namespace} is there.");
            },
            cancellationToken,
            ClusterJudgement.Of(question));
    }

    private async Task<IReadOnlyList<ReadinessCheck>> DeploymentAsync(CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Workload, "Deployment", Rollback, Degradation, Limit, Scale, Restart);
        if (inquiry.Scope.Deployment is not { } name)
        {
            return [question.NotChecked("No deployment is named.", "Name it as 'deployment' in the environment file, or with -Deployment.")];
        }

        DeploymentSnapshot? now = null;
        DeploymentReader? reader = null;
        var there = await question.AskAsync(
            async token =>
            {
                reader = new DeploymentReader(connection, name, timeout);
                now = await reader.DeploymentAsync(token);
                return Judge(question, reader, now);
            },
            cancellationToken,
            ClusterJudgement.Of(question));
        return now is null || reader is null
            ? [there]
            : [there, .. await Task.WhenAll(
                ContainerAsync(reader, now, cancellationToken),
                TargetAsync(reader, cancellationToken),
                AutoscalerAsync(reader, cancellationToken),
                QuotaAsync(reader, now, cancellationToken))];
    }

    private static ReadinessCheck Judge(ReadinessQuestion question, DeploymentReader reader, DeploymentSnapshot now)
    {
        var state = $"{reader.Name} has {now.ReadyPods} of {Amount.Of(now.Replicas, "pod")} ready";
        return now.Paused
            ? question.NotReady($"{state}, and is paused: a change would roll nothing out.", $"Find out who paused it and why, then: kubectl rollout resume deployment/{reader.Name} -n {reader.Namespace}")
            : OtherOwner.Of(now) is { } owner
                ? question.Warning($"{state}. {OtherOwner.Warning(owner)}", "Know how its sync is suspended; the commands then need -Force.")
                : question.Ready($"{state}.");
    }

    private Task<ReadinessCheck> ContainerAsync(DeploymentReader reader, DeploymentSnapshot now, CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Workload, "Container", Rollback, Degradation, Limit);
        return question.AskAsync(
            _ =>
            {
                var container = ContainerChoice.Of(reader, now, inquiry.Scope.Container, needed: true)!;
                return Task.FromResult(question.Ready($"{container} runs {now.Template.InWords(container)}."));
            },
            cancellationToken);
    }

    private Task<ReadinessCheck> TargetAsync(DeploymentReader reader, CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Workload, "Rollback target", Rollback);
        return question.AskAsync(
            async token =>
            {
                var facts = await new RollbackFactsReader(time, past).ReadAsync(reader, inquiry.Scope.IncidentStartedAt, inquiry.Scope.Container, token);
                if (facts.Revisions.Count == 0)
                {
                    throw RolloutHistory.Empty(reader);
                }

                var choice = RollbackChoice.Make(facts);
                return choice switch
                {
                    { Refusal: { Kind: FailureKind.NothingToDo or FailureKind.RollbackTargetAmbiguous } known } => question.Warning(known),
                    // A controller that keeps nothing never will have a target; another has one after the next release.
                    { Refusal: { Kind: FailureKind.RollbackTargetMissing } none } when facts.Deployment.Content.Text("spec", "revisionHistoryLimit") != "0" => question.Warning(none),
                    { Refusal: { } refusal } => question.NotReady(refusal),
                    { Warnings: [var warning, ..] } => question.Warning($"A rollback would choose it: {choice.Reasons[0]}. {warning}", null),
                    _ => question.Ready($"A rollback would choose it: {choice.Reasons[0]}."),
                };
            },
            cancellationToken,
            ClusterJudgement.Of(question));
    }

    private Task<ReadinessCheck> AutoscalerAsync(DeploymentReader reader, CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Workload, "Autoscaler", Scale, Degradation);
        return question.AskAsync(
            async token => await reader.AutoscalerObjectsAsync(token) switch
            {
                null => question.NotChecked("Autoscalers may not be read."),
                { Count: 0 } => question.Ready("No autoscaler moves its replicas."),
                var found => question.Warning(
                    $"Autoscaler {Autoscaler.Of(found[0]).Name} {Autoscaler.Of(found[0]).InWords}, and moves what is set by hand.", "Change its bounds instead, or expect to need -Force."),
            },
            cancellationToken,
            ClusterJudgement.Of(question));
    }

    private Task<ReadinessCheck> QuotaAsync(DeploymentReader reader, DeploymentSnapshot now, CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Workload, "Quota", Rollback, Degradation, Limit, Scale, Restart);
        return question.AskAsync(
            async token =>
            {
                var rules = await NamespaceRules.ReadAsync(reader, token);
                if (rules.Notes.Count > 0)
                {
                    return question.NotChecked(string.Join(" ", rules.Notes));
                }

                var shortages = QuotaShortage.Of(rules.Quotas, now.Template, PodNeeds.Of(now.Template, rules.LimitRanges).InQuota());
                return shortages.Count == 0
                    ? question.Ready(rules.Quotas.Count == 0 ? "The namespace has no quota." : "One more pod fits into the quota.")
                    : question.Warning(
                        $"Not one more pod fits: {string.Join("; ", shortages.Select(shortage => shortage.InWords))}.", "A rollout needs room for a new pod beside the old ones: have the quota raised.");
            },
            cancellationToken,
            ClusterJudgement.Of(question));
    }

    private Task<ReadinessCheck> PoolerAsync(CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Workload, "Pooler", Restart);
        if (inquiry.Scope.Environment?.Pooler is not { } pooler)
        {
            return Task.FromResult(question.NotChecked("No pooler is named.", "Name its deployment as 'pooler' in the environment file."));
        }

        return question.AskAsync(
            async token =>
            {
                var reader = new DeploymentReader(connection, pooler, timeout);
                return Judge(question, reader, await reader.DeploymentAsync(token));
            },
            cancellationToken,
            ClusterJudgement.Of(question));
    }

    private ReadinessCheck Features()
    {
        var question = inquiry.Ask(ReadinessArea.Workload, "Features", Degradation);
        if (inquiry.Scope.Environment is not { } environment || environment is { Features.Count: 0, ReducedReplicas: null })
        {
            return question.NotChecked("It is not written down what a degradation switches off.", "Write 'features' and 'reducedReplicas' into the environment file.");
        }

        try
        {
            var variables = environment.Features.Select(FeatureName.Variable).ToList();
            var replicas = environment.ReducedReplicas is { } count ? Amount.Of(count, "replica") : "the same number of replicas";
            return question.Ready($"A degradation sets {(variables.Count == 0 ? "no feature" : string.Join(", ", variables))} to false, with {replicas}.");
        }
        catch (IncidentException failure)
        {
            return question.NotReady(failure);
        }
    }
}
