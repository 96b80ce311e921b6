using k8s;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>The status of a deployment: counts, and the conditions Available and Progressing.</summary>
internal static class DeploymentStatus
{
    /// <summary>The answer is when the progress deadline ends, if one is running.</summary>
    public static DateTime? Write(ClusterStore store, V1Deployment deployment, List<V1ReplicaSet> owned, V1ReplicaSet? current, bool created)
    {
        if (store.Find(ResourceKinds.Deployments, deployment.Metadata.NamespaceProperty, deployment.Metadata.Name)?.As<V1Deployment>() is not { } now) return null;
        var wanted = now.Spec.Replicas ?? 1;
        var before = now.Status ?? new();
        var status = new V1DeploymentStatus
        {
            ObservedGeneration = now.Metadata.Generation,
            Replicas = Positive(owned.Sum(set => set.Status?.Replicas ?? 0)),
            UpdatedReplicas = Positive(current?.Status?.Replicas ?? 0),
            ReadyReplicas = Positive(owned.Sum(set => set.Status?.ReadyReplicas ?? 0)),
            AvailableReplicas = Positive(owned.Sum(set => set.Status?.AvailableReplicas ?? 0)),
            Conditions = [.. (before.Conditions ?? []).Select(Copy)],
        };
        var available = status.AvailableReplicas ?? 0;
        status.UnavailableReplicas = Positive(Math.Max(wanted, status.Replicas ?? 0) - available);
        var enough = available >= wanted - RollingLimits.Of(now).Unavailable;
        Set(status, "Available", enough ? "True" : "False", enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.", store.Now, touch: false);
        var deadline = current is null ? null : Progress(store, now, before, status, current, created, wanted);
        if (KubernetesJson.Serialize(status) != KubernetesJson.Serialize(before))
            store.Update<V1Deployment>(ResourceKinds.Deployments, now.Metadata.NamespaceProperty, now.Metadata.Name, copy => copy.Status = status);
        return deadline;
    }

    private static DateTime? Progress(
        ClusterStore store, V1Deployment deployment, V1DeploymentStatus before, V1DeploymentStatus status, V1ReplicaSet current, bool created, int wanted)
    {
        var now = store.Now;
        var name = current.Metadata.Name;
        var complete = (status.UpdatedReplicas ?? 0) == wanted && (status.Replicas ?? 0) == wanted && (status.AvailableReplicas ?? 0) == wanted;
        var progressing = status.Conditions.FirstOrDefault(condition => condition.Type == "Progressing");
        if (complete)
        {
            Set(status, "Progressing", "True", "NewReplicaSetAvailable", $"ReplicaSet \"{name}\" has successfully progressed.", now, touch: progressing?.Reason != "NewReplicaSetAvailable");
            return null;
        }
        if (created)
            Set(status, "Progressing", "True", "NewReplicaSetCreated", $"Created new replica set \"{name}\"", now, touch: true);
        else if (progressing is null || (progressing.Reason == "NewReplicaSetAvailable" && !progressing.Message.Contains(name, StringComparison.Ordinal)))
            Set(status, "Progressing", "True", "FoundNewReplicaSet", $"Found new replica set \"{name}\"", now, touch: true);
        else if (progressing.Reason == "NewReplicaSetAvailable")
            return null; // A finished rollout that lost pods is not progressing again.
        else if (Moved(before, status))
            Set(status, "Progressing", "True", "ReplicaSetUpdated", $"ReplicaSet \"{name}\" is progressing.", now, touch: true);
        var limit = status.Conditions.First(condition => condition.Type == "Progressing").LastUpdateTime!.Value.AddSeconds(deployment.Spec.ProgressDeadlineSeconds ?? 600);
        if (now < limit) return limit;
        Set(status, "Progressing", "False", "ProgressDeadlineExceeded", $"ReplicaSet \"{name}\" has timed out progressing.", now, touch: progressing?.Reason != "ProgressDeadlineExceeded");
        return null;
    }

    private static bool Moved(V1DeploymentStatus before, V1DeploymentStatus after) =>
        (after.UpdatedReplicas ?? 0) > (before.UpdatedReplicas ?? 0)
        || (after.ReadyReplicas ?? 0) > (before.ReadyReplicas ?? 0)
        || (after.AvailableReplicas ?? 0) > (before.AvailableReplicas ?? 0)
        || (after.Replicas ?? 0) - (after.UpdatedReplicas ?? 0) < (before.Replicas ?? 0) - (before.UpdatedReplicas ?? 0);

    private static void Set(V1DeploymentStatus status, string type, string value, string reason, string message, DateTime now, bool touch)
    {
        var found = status.Conditions.FirstOrDefault(condition => condition.Type == type);
        if (found is null) status.Conditions.Add(found = new() { Type = type });
        if (found.Status != value) (found.LastTransitionTime, touch) = (now, true);
        if (touch || found.LastUpdateTime is null) found.LastUpdateTime = now;
        (found.Status, found.Reason, found.Message) = (value, reason, message);
    }

    private static V1DeploymentCondition Copy(V1DeploymentCondition condition) => new()
    {
        Type = condition.Type,
        Status = condition.Status,
        Reason = condition.Reason,
        Message = condition.Message,
        LastTransitionTime = condition.LastTransitionTime,
        LastUpdateTime = condition.LastUpdateTime,
    };

    private static int? Positive(int number) => number > 0 ? number : null;
}
