using k8s;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>The status of a deployment: counts, and the conditions Available and Progressing.</summary>
internal static class DeploymentStatus
{
    private const string Available = "NewReplicaSetAvailable";
    private const string TimedOut = "ProgressDeadlineExceeded";

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
        var failure = owned.SelectMany(set => set.Status?.Conditions ?? []).FirstOrDefault(condition => condition.Type == "ReplicaFailure");
        foreach (var over in status.Conditions.Where(condition => condition.Type == "ReplicaFailure" && failure is null).ToArray()) status.Conditions.Remove(over);
        if (failure is not null)
        {
            var known = Set(status, "ReplicaFailure", "True", failure.Reason, failure.Message, store.Now, touch: false);
            known.Message = failure.Message;
        }
        var deadline = current is null ? null : Progress(store, now, before, status, current, created, wanted);
        if (KubernetesJson.Serialize(status) != KubernetesJson.Serialize(before))
            store.Update<V1Deployment>(ResourceKinds.Deployments, now.Metadata.NamespaceProperty, now.Metadata.Name, copy => copy.Status = status);
        return deadline;
    }

    /// <summary>As syncRolloutStatus does it: a rollout that was finished once is not judged again until a new one begins.</summary>
    private static DateTime? Progress(
        ClusterStore store, V1Deployment deployment, V1DeploymentStatus before, V1DeploymentStatus status, V1ReplicaSet current, bool created, int wanted)
    {
        var now = store.Now;
        var name = current.Metadata.Name;
        var progressing = status.Conditions.FirstOrDefault(condition => condition.Type == "Progressing");
        if (created) progressing = Set(status, "Progressing", "True", "NewReplicaSetCreated", $"Created new replica set \"{name}\"", now, touch: true);
        else progressing ??= Set(status, "Progressing", "True", "FoundNewReplicaSet", $"Found new replica set \"{name}\"", now, touch: true);

        var replicas = status.Replicas ?? 0;
        if (replicas == (status.UpdatedReplicas ?? 0) && progressing.Reason == Available) return null;
        if ((status.UpdatedReplicas ?? 0) == wanted && replicas == wanted && (status.AvailableReplicas ?? 0) == wanted)
            Set(status, "Progressing", "True", Available, $"ReplicaSet \"{name}\" has successfully progressed.", now, touch: false);
        else if (Moved(before, status))
            Set(status, "Progressing", "True", "ReplicaSetUpdated", $"ReplicaSet \"{name}\" is progressing.", now, touch: true);
        if (progressing.Reason is Available or TimedOut) return null;
        var limit = progressing.LastUpdateTime!.Value.AddSeconds(deployment.Spec.ProgressDeadlineSeconds ?? 600);
        if (now < limit) return limit;
        Set(status, "Progressing", "False", TimedOut, $"ReplicaSet \"{name}\" has timed out progressing.", now, touch: false);
        return null;
    }

    private static bool Moved(V1DeploymentStatus before, V1DeploymentStatus after) =>
        (after.UpdatedReplicas ?? 0) > (before.UpdatedReplicas ?? 0)
        || (after.ReadyReplicas ?? 0) > (before.ReadyReplicas ?? 0)
        || (after.AvailableReplicas ?? 0) > (before.AvailableReplicas ?? 0)
        || (after.Replicas ?? 0) - (after.UpdatedReplicas ?? 0) < (before.Replicas ?? 0) - (before.UpdatedReplicas ?? 0);

    /// <summary>A condition of the same status and reason is left as it is, message and all, unless it is touched.</summary>
    private static V1DeploymentCondition Set(V1DeploymentStatus status, string type, string value, string reason, string message, DateTime now, bool touch)
    {
        var found = status.Conditions.FirstOrDefault(condition => condition.Type == type);
        if (found is null) status.Conditions.Add(found = new() { Type = type });
        if (!touch && found.Status == value && found.Reason == reason) return found;
        if (found.Status != value) found.LastTransitionTime = now;
        found.LastUpdateTime = now;
        (found.Status, found.Reason, found.Message) = (value, reason, message);
        return found;
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
