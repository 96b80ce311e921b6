using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>What stands against another number of pods: who else sets it, what the namespace allows, how the pods are now.</summary>
internal sealed class ScaleCheck(DeploymentReader reader, DeploymentSnapshot now, int wanted, bool force)
{
    private readonly List<string> warnings = [];

    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>The autoscaler that will move the count again; null for none.</summary>
    public Autoscaler? Autoscaler { get; private set; }

    /// <summary>ScaleDownNotAllowed, ArgumentInvalid.</summary>
    public void CheckDirection(bool allowScaleDown)
    {
        if (wanted < 0)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"{wanted} replicas cannot run.", wanted, advice: "Give the number of replicas that shall run.");
        }

        if (wanted >= now.Replicas)
        {
            return;
        }

        if (!allowScaleDown)
        {
            throw new IncidentException(
                FailureKind.ScaleDownNotAllowed,
                $"{reader.ThePlace} has {Amount.Of(now.Replicas, "replica")}: {wanted} would {(wanted == 0 ? "switch it off" : $"stop {now.Replicas - wanted} of them")}.",
                wanted,
                advice: $"Give more than {now.Replicas}, or say -AllowScaleDown if fewer are meant. A smaller service with features switched off is Set-ServiceDegradation.");
        }

        if (wanted == 0)
        {
            warnings.Add("0 replicas switch the service off: nobody is served until it is scaled up again.");
        }
    }

    /// <summary>ObjectManagedElsewhere, unless the operator insists.</summary>
    public async Task CheckAutoscalersAsync(CancellationToken cancellationToken)
    {
        var scalers = await reader.AutoscalerObjectsAsync(cancellationToken);
        if (scalers is null)
        {
            warnings.Add("Whether an autoscaler owns the replicas could not be read; if one does, it will set them again.");
            return;
        }

        if (scalers.Count == 0)
        {
            return;
        }

        Autoscaler = Autoscaler.Of(scalers[0]);
        if (!force)
        {
            throw new IncidentException(
                FailureKind.ObjectManagedElsewhere,
                $"Autoscaler {Autoscaler.Name} {Autoscaler.InWords}, and {Autoscaler.Answer(wanted)}.",
                reader.Name,
                advice: $"Change its {(wanted > Autoscaler.Most ? "maxReplicas" : "minReplicas")} instead, or say -Force and expect it to be overridden.");
        }

        warnings.Add($"Autoscaler {Autoscaler.Name} {Autoscaler.InWords}, and {Autoscaler.Answer(wanted)}.");
    }

    /// <summary>QuotaExceeded by name, with how many would fit.</summary>
    public async Task CheckQuotaAsync(CancellationToken cancellationToken)
    {
        // Pods that could not be made yet are wanted as much as the new ones.
        var more = wanted - Math.Min(now.RunningPods, now.Replicas);
        if (more <= 0 || wanted <= now.Replicas)
        {
            return;
        }

        var rules = await NamespaceRules.ReadAsync(reader, cancellationToken);
        warnings.AddRange(rules.Notes);
        if (QuotaShortage.Unspecified(rules.Quotas, now.Template, rules.LimitRanges) is { Count: > 0 } unspecified)
        {
            var refusal = $"The cluster takes no new pod of {reader.Place}: {string.Join("; ", unspecified)}.";
            warnings.Add(force ? refusal : throw new IncidentException(
                FailureKind.QuotaExceeded, refusal, reader.Name, advice: "Give these containers requests and limits (Set-ResourceLimit, or a LimitRange with defaults) first."));
            return;
        }

        var each = PodNeeds.Of(now.Template, rules.LimitRanges).InQuota();
        var shortages = QuotaShortage.Of(rules.Quotas, now.Template, each.ToDictionary(pair => pair.Key, pair => pair.Value * more, StringComparer.Ordinal));
        if (shortages.Count == 0)
        {
            return;
        }

        var words = $"{Amount.Of(more, "more pod")} {Amount.Word(more, "does", "do")} not fit: {string.Join("; ", shortages.Select(shortage => shortage.InWords))}";
        var most = wanted - more + shortages.Min(shortage => shortage.Fits(each.GetValueOrDefault(shortage.Resource)));
        warnings.Add(force ? $"{char.ToUpperInvariant(words[0])}{words[1..]}." : throw new IncidentException(
            FailureKind.QuotaExceeded,
            $"{words}.",
            reader.Name,
            advice: most > now.Replicas ? $"At most -Replicas {most} fit; more need a larger quota." : "Not one more fits: have the quota raised, or free some of it."));
    }

    /// <summary>More of what does not work does not help.</summary>
    public void CheckHealth(IReadOnlyList<JsonObject> pods)
    {
        var troubles = pods.Select(PodTrouble.Of).OfType<PodTrouble>().ToList();
        if (wanted > now.Replicas && troubles.Count > 0)
        {
            warnings.Add($"{troubles.Count} of its {Amount.Of(pods.Count, "pod")} {Amount.Word(troubles.Count, "fails", "fail")} already ({troubles[0].InWords}); more of the same may fail too.");
        }
    }
}
