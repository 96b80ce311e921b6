using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Tables;

internal static class WorkloadTables
{
    private static readonly TableColumn[] Template = [new("Containers", Priority: 1), new("Images", Priority: 1)];

    public static readonly TableColumns Deployments = new(
        [new("Name", Format: "name"), new("Ready"), new("Up-to-date"), new("Available"), new("Age"), .. Template, new("Selector", Priority: 1)],
        stored =>
        {
            var deployment = stored.As<V1Deployment>();
            var status = deployment.Status;
            return
            [
                stored.Name, $"{status?.ReadyReplicas ?? 0}/{deployment.Spec.Replicas ?? 1}", status?.UpdatedReplicas ?? 0, status?.AvailableReplicas ?? 0,
                new AgeCell(stored.CreatedAt), Names(deployment.Spec.Template), Images(deployment.Spec.Template), Selector(deployment.Spec.Selector),
            ];
        });

    public static readonly TableColumns ReplicaSets = new(
        [new("Name", Format: "name"), new("Desired", "integer"), new("Current", "integer"), new("Ready", "integer"), new("Age"), .. Template, new("Selector", Priority: 1)],
        stored =>
        {
            var set = stored.As<V1ReplicaSet>();
            return
            [
                stored.Name, set.Spec.Replicas ?? 1, set.Status?.Replicas ?? 0, set.Status?.ReadyReplicas ?? 0, new AgeCell(stored.CreatedAt),
                Names(set.Spec.Template), Images(set.Spec.Template), Selector(set.Spec.Selector),
            ];
        });

    public static readonly TableColumns StatefulSets = new([new("Name", Format: "name"), new("Ready"), new("Age"), .. Template],
        stored =>
        {
            var set = stored.As<V1StatefulSet>();
            return
            [
                stored.Name, $"{set.Status?.ReadyReplicas ?? 0}/{set.Spec.Replicas ?? 1}", new AgeCell(stored.CreatedAt),
                Names(set.Spec.Template), Images(set.Spec.Template),
            ];
        });

    public static readonly TableColumns HorizontalPodAutoscalers = new(
        [new("Name", Format: "name"), new("Reference"), new("Targets"), new("MinPods"), new("MaxPods", "integer"), new("Replicas", "integer"), new("Age")],
        stored =>
        {
            var scaler = stored.As<V2HorizontalPodAutoscaler>();
            return
            [
                stored.Name, $"{scaler.Spec.ScaleTargetRef.Kind}/{scaler.Spec.ScaleTargetRef.Name}", Targets(scaler), scaler.Spec.MinReplicas?.ToString() ?? "<unset>",
                scaler.Spec.MaxReplicas, scaler.Status?.CurrentReplicas ?? 0, new AgeCell(stored.CreatedAt),
            ];
        });

    private static string Targets(V2HorizontalPodAutoscaler scaler)
    {
        var targets = (scaler.Spec.Metrics ?? []).Where(metric => metric.Resource is not null).Select(metric =>
        {
            var current = scaler.Status?.CurrentMetrics?.FirstOrDefault(seen => seen.Resource?.Name == metric.Resource.Name)?.Resource.Current.AverageUtilization;
            return $"{metric.Resource.Name}: {(current is null ? "<unknown>" : current + "%")}/{metric.Resource.Target.AverageUtilization}%";
        });
        var text = string.Join(", ", targets);
        return text.Length == 0 ? "<none>" : text;
    }

    private static string Names(V1PodTemplateSpec template) => string.Join(',', template.Spec.Containers.Select(container => container.Name));

    private static string Images(V1PodTemplateSpec template) => string.Join(',', template.Spec.Containers.Select(container => container.Image));

    private static string Selector(V1LabelSelector selector) =>
        string.Join(',', (selector.MatchLabels ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
}
