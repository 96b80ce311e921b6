using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Resolution;

/// <summary>Is the rollout complete, and does anything critical show in the workload's namespace?</summary>
internal sealed class ClusterResolution(Func<IClusters> clusters) : IResolutionContributor
{
    private const string Rollout = "The rollout is complete";
    private const string Findings = "Nothing critical is wrong in the namespace";

    public async Task<IReadOnlyList<ResolutionCheck>> CheckAsync(ResolvedScope scope, CancellationToken cancellationToken) =>
    [
        await Unchecked.WhenItFailsAsync(Rollout, () => RolloutAsync(scope, cancellationToken)),
        await Unchecked.WhenItFailsAsync(Findings, () => FindingsAsync(scope, cancellationToken)),
    ];

    private async Task<ResolutionCheck> RolloutAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        if (scope.Namespace is null || scope.Deployment is null)
        {
            return new ResolutionCheck(Rollout, null, "Not checked: no deployment is named. Name it in the environment file, or with -Namespace and -Deployment.");
        }

        RolloutRevision? current = null;
        var former = 0;
        await foreach (var revision in clusters().PeekRolloutHistoryAsync(scope.Typed, cancellationToken))
        {
            current = revision.Current ? revision : current;
            former += revision.Current ? 0 : revision.Replicas;
        }

        if (current is null)
        {
            return new ResolutionCheck(Rollout, false, $"Deployment {scope.Namespace}/{scope.Deployment} has no current ReplicaSet.");
        }

        var state = $"{scope.Namespace}/{scope.Deployment} runs revision {current.Revision}: {current.ReadyReplicas} of {Amount.Of(current.Replicas, "pod")} ready";
        return former > 0
            ? new ResolutionCheck(Rollout, false, $"{state}, {former} of former revisions are still there.")
            : new ResolutionCheck(Rollout, current.Replicas > 0 && current.ReadyReplicas >= current.Replicas, state + ".");
    }

    private async Task<ResolutionCheck> FindingsAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        if (scope.Namespace is null)
        {
            return new ResolutionCheck(Findings, null, "Not checked: no namespace is named. Name it in the environment file, or with -Namespace.");
        }

        var health = await clusters().GetHealthAsync(scope.Typed, new HealthOptions { Namespaces = [scope.Namespace], LogLines = 0 }, cancellationToken);
        var critical = health.Findings
            .Where(finding => finding.Severity == FindingSeverity.Critical && finding.Namespace == scope.Namespace)
            .ToList();
        if (critical.Count == 0)
        {
            return new ResolutionCheck(Findings, true, $"{health.ReadyPods} of {Amount.Of(health.Pods, "pod")} in {scope.Namespace} {Amount.Word(health.Pods, "is", "are")} ready; no critical finding.");
        }

        var first = critical[0];
        var more = critical.Count == 1 ? "" : $" And {critical.Count - 1} more: Get-ClusterHealth shows them.";
        return new ResolutionCheck(Findings, false, $"{first.ObjectKind} {first.Name}: {first.Reason}. {first.Message}{more}");
    }
}
