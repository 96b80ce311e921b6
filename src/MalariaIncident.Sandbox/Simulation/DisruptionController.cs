using System.Globalization;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Requests;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>PodDisruptionBudget → how many of its pods may be evicted now. A rollout asks none of it.</summary>
internal sealed class DisruptionController(ClusterStore store)
{
    public void Reconcile(V1PodDisruptionBudget budget)
    {
        if (budget.Spec.Selector is null) return;
        var (ns, name) = (budget.Metadata.NamespaceProperty, budget.Metadata.Name);
        var pods = store.List(ResourceKinds.Pods, ns, out _).Where(pod => Covers(budget.Spec.Selector, pod.Labels)).Select(pod => pod.As<V1Pod>()).Where(PodConditions.IsActive).ToList();
        var (expected, healthy) = (pods.Count, pods.Count(PodConditions.IsReady));
        var desired = budget.Spec.MinAvailable?.Value is { } least ? Count(least, expected) : Math.Max(0, expected - Count(budget.Spec.MaxUnavailable?.Value ?? "0", expected));
        var allowed = Math.Max(0, healthy - desired);
        if (budget.Status is { } known && known.ObservedGeneration == budget.Metadata.Generation
            && (known.ExpectedPods, known.CurrentHealthy, known.DesiredHealthy, known.DisruptionsAllowed) == (expected, healthy, desired, allowed)) return;
        store.Update<V1PodDisruptionBudget>(ResourceKinds.PodDisruptionBudgets, ns, name, copy => copy.Status = new()
        {
            ExpectedPods = expected, CurrentHealthy = healthy, DesiredHealthy = desired, DisruptionsAllowed = allowed, ObservedGeneration = copy.Metadata.Generation,
        });
    }

    private static bool Covers(V1LabelSelector selector, IReadOnlyDictionary<string, string> labels) =>
        selector is { MatchLabels: null, MatchExpressions: null } || LabelSelector.Matches(selector, labels);

    private static int Count(string text, int pods) => text.EndsWith('%')
        ? (int)Math.Ceiling(pods * double.Parse(text[..^1], CultureInfo.InvariantCulture) / 100)
        : int.Parse(text, CultureInfo.InvariantCulture);
}
