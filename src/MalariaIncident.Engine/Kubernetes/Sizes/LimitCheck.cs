using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>What stands against other limits, looked at before anything is sent: afterwards it would be pods that are never made.</summary>
internal sealed class LimitCheck(DeploymentReader reader, DeploymentSnapshot now, PodTemplate after, bool force)
{
    private readonly List<string> warnings = [];

    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>LimitRangeExceeded, QuotaExceeded, NodeTooSmall.</summary>
    /// <param name="replaced">Pods of the new template come beside old ones; else the pods themselves grow.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task RunAsync(bool replaced, CancellationToken cancellationToken)
    {
        var rules = await NamespaceRules.ReadAsync(reader, cancellationToken);
        warnings.AddRange(rules.Notes);
        if (LimitRangeBreach.Of(rules.LimitRanges, after) is { Count: > 0 } breaches)
        {
            throw new IncidentException(
                FailureKind.LimitRangeExceeded, $"No pod of {reader.Place} would be taken like this: {string.Join("; ", breaches)}.", reader.Name);
        }

        CheckQuota(rules, replaced);
        await CheckNodesAsync(PodNeeds.Of(after, rules.LimitRanges), cancellationToken);
        if (replaced && QualityOfService.Of(now.Template.Content["spec"]) is var was && QualityOfService.Of(after.Content["spec"]) is var becomes && was != becomes)
        {
            warnings.Add($"Its pods were {was} and will be {becomes}: a node short of memory evicts them {(becomes == QualityOfService.Guaranteed ? "later" : "sooner")}.");
        }
    }

    private void CheckQuota(NamespaceRules rules, bool replaced)
    {
        var old = PodNeeds.Of(now.Template, rules.LimitRanges).InQuota();
        var each = PodNeeds.Of(after, rules.LimitRanges).InQuota();
        var gone = RollingRoom.Unavailable(now);
        var all = each.ToDictionary(pair => pair.Key, pair => now.Replicas * (pair.Value - old.GetValueOrDefault(pair.Key)), StringComparer.Ordinal);
        // The first new pod comes when as many old ones are gone as the strategy allows; without room for it the rollout stands still.
        var first = each.ToDictionary(pair => pair.Key, pair => pair.Value - (gone * old.GetValueOrDefault(pair.Key)), StringComparer.Ordinal);
        var shortages = QuotaShortage.Of(rules.Quotas, now.Template, all);
        var standstill = replaced && now.Replicas > 0 && shortages.Count == 0 ? QuotaShortage.Of(rules.Quotas, now.Template, first) : [];
        var unspecified = replaced ? QuotaShortage.Unspecified(rules.Quotas, after, rules.LimitRanges) : [];
        if (shortages.Count == 0 && standstill.Count == 0 && unspecified.Count == 0)
        {
            return;
        }

        var words = unspecified.Count > 0
            ? $"The cluster takes no new pod of {reader.Place}: {string.Join("; ", unspecified)}."
            : shortages.Count > 0
            ? $"{Amount.Of(now.Replicas, "pod")} like this {Amount.Word(now.Replicas, "does", "do")} not fit: {string.Join("; ", shortages.Select(shortage => shortage.InWords))}."
            : $"There is no room for the first new pod beside the old ones: {string.Join("; ", standstill.Select(shortage => shortage.InWords))}.";
        warnings.Add(force ? words : throw new IncidentException(FailureKind.QuotaExceeded, words, reader.Name));
    }

    private async Task CheckNodesAsync(PodNeeds needs, CancellationToken cancellationToken)
    {
        var room = await NodeRoom.ReadAsync(reader, after, needs, cancellationToken);
        if (room is null)
        {
            warnings.Add("Nodes may not be read, so whether any has that much was not checked.");
            return;
        }

        warnings.AddRange(room.Doubtful);
        if (room.Impossible.Count > 0)
        {
            var words = $"No node could run a pod like this: {string.Join("; ", room.Impossible)}.";
            warnings.Add(force ? words : throw new IncidentException(FailureKind.NodeTooSmall, words, reader.Name));
        }
    }
}
