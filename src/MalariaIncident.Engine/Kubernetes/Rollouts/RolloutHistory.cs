using System.Runtime.CompilerServices;
using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Every revision of a deployment with its life, what going back to it would change, and how it stands as a rollback target.</summary>
internal sealed class RolloutHistory(IClusterConnections connections, PastMitigations past, TimeProvider time)
{
    /// <summary>Newest first. DeploymentNotFound, RolloutHistoryEmpty.</summary>
    public async IAsyncEnumerable<RolloutRevision> ReadAsync(ResolvedScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = await new DeploymentChange(connections, time).OpenAsync(scope, cancellationToken);
        var facts = await new RollbackFactsReader(time, past).ReadAsync(reader, scope.IncidentStartedAt, scope.Container, cancellationToken);
        if (facts.Revisions.Count == 0)
        {
            throw Empty(reader);
        }

        var choice = RollbackChoice.Make(facts);
        foreach (var revision in facts.Revisions)
        {
            var verdict = choice.Verdicts[revision.ReplicaSet];
            yield return new RolloutRevision
            {
                Incident = scope.Incident,
                Environment = scope.EnvironmentName,
                Namespace = reader.Namespace,
                Deployment = reader.Name,
                Revision = revision.Number,
                ReplicaSet = revision.ReplicaSet,
                TemplateHash = revision.TemplateHash,
                Current = verdict.Standing == Standing.Current,
                Images = [.. revision.Template.Images.Select(pair => $"{pair.Key}={pair.Value}")],
                CreatedAt = revision.CreatedAt,
                LiveFor = facts.Periods.LiveFor(revision),
                Cause = revision.Cause,
                Replicas = revision.WantedReplicas,
                ReadyReplicas = revision.ReadyReplicas,
                Changes = TemplateDifference.Between($"deployment/{reader.Name}", facts.Deployment.Template, revision.Template),
                RollbackTarget = choice.Target?.ReplicaSet == revision.ReplicaSet,
                Verdict = Sentence(verdict.Reason) + (verdict.Standing == Standing.Current && choice.Refusal is { } refusal ? $" {refusal.Message}" : ""),
            };
        }
    }

    public static IncidentException Empty(DeploymentReader reader) => new(
        FailureKind.RolloutHistoryEmpty,
        $"There is no replica set of {reader.Place}: the cluster has made none yet, or keeps none.",
        reader.Name);

    private static string Sentence(string reason) => $"{char.ToUpperInvariant(reason[0])}{reason[1..]}.";
}
