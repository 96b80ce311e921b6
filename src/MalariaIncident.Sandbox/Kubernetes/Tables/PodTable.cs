using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Tables;

/// <summary>The printer of pods; the order in which reasons win is that of the real one (pkg/printers/internalversion).</summary>
internal static class PodTable
{
    public static readonly TableColumns Columns = new(
    [
        new("Name", Format: "name"), new("Ready"), new("Status"), new("Restarts"), new("Age"), new("IP", Priority: 1),
        new("Node", Priority: 1), new("Nominated Node", Priority: 1), new("Readiness Gates", Priority: 1),
    ], Cells);

    private static object[] Cells(StoredObject stored)
    {
        var pod = stored.As<V1Pod>();
        var statuses = pod.Status?.ContainerStatuses ?? [];
        var ready = statuses.Count(status => status.Ready && status.State?.Running is not null);
        var last = statuses.Select(status => status.LastState?.Terminated?.FinishedAt).Max();
        return
        [
            stored.Name, $"{ready}/{pod.Spec.Containers.Count}", Status(pod, statuses), new RestartsCell(statuses.Sum(status => status.RestartCount), last),
            new AgeCell(stored.CreatedAt), pod.Status?.PodIP ?? "<none>", pod.Spec.NodeName ?? "<none>", "<none>", "<none>",
        ];
    }

    private static string Status(V1Pod pod, IList<V1ContainerStatus> statuses)
    {
        var reason = pod.Status?.Reason ?? pod.Status?.Phase ?? "Unknown";
        var running = false;
        foreach (var status in statuses.Reverse())
        {
            if (status.State?.Waiting?.Reason is { Length: > 0 } waiting) reason = waiting;
            else if (status.State?.Terminated is { } ended)
                reason = ended.Reason is { Length: > 0 } why ? why : ended.Signal is { } signal and not 0 ? $"Signal:{signal}" : $"ExitCode:{ended.ExitCode}";
            else if (status.Ready && status.State?.Running is not null) running = true;
        }
        if (reason == "Completed" && running)
            reason = pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true ? "Running" : "NotReady";
        if (pod.Metadata.DeletionTimestamp is null) return reason;
        if (pod.Status?.Reason == "NodeLost") return "Unknown";
        return pod.Status?.Phase is "Failed" or "Succeeded" ? reason : "Terminating";
    }
}
