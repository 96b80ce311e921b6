using System.Text.Json.Nodes;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>What keeps a pod from serving, in Kubernetes' own words.</summary>
internal sealed record PodTrouble(string Pod, string? Container, string Reason, string? Message, int Restarts, bool Final, bool HasPrevious)
{
    private static readonly HashSet<string> Waiting = new(StringComparer.Ordinal)
    {
        "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull",
        "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError", "PostStartHookError",
    };

    /// <summary>Waiting for these to end by themselves has no point.</summary>
    private static readonly HashSet<string> Hopeless = new(StringComparer.Ordinal) { "InvalidImageName", "ErrImageNeverPull" };

    /// <summary>Restarts after which a crash loop is not taken for a slow start any more. One that runs now may be an old pod with a long life behind it.</summary>
    private const int CrashLoop = 3;

    /// <summary>Null for a pod that is ready, leaving, or simply still starting.</summary>
    public static PodTrouble? Of(JsonObject pod)
    {
        var name = pod.Text("metadata", "name") ?? "";
        if (pod.At("metadata", "deletionTimestamp") is not null || pod.Condition("Ready").Text("status") == "True")
        {
            return null;
        }

        foreach (var status in pod.Items("status", "initContainerStatuses").Concat(pod.Items("status", "containerStatuses")))
        {
            if (OfContainer(name, status) is { } trouble)
            {
                return trouble;
            }
        }

        var scheduled = pod.Condition("PodScheduled");
        if (scheduled.Text("status") == "False")
        {
            return new(name, null, scheduled.Text("reason") ?? "Unschedulable", PlainText.OneLine(scheduled.Text("message"), 300), 0, Final: false, HasPrevious: false);
        }

        return pod.Text("status", "phase") == "Failed"
            ? new(name, null, pod.Text("status", "reason") ?? "Failed", PlainText.OneLine(pod.Text("status", "message"), 300), 0, Final: false, HasPrevious: false)
            : null;
    }

    public string InWords => $"{Pod}{(Container is null ? "" : $" ({Container})")}: {Reason}"
        + (Restarts > 0 ? $", {Amount.Of(Restarts, "restart")}" : "")
        + (string.IsNullOrEmpty(Message) ? "" : $", {Message}");

    private static PodTrouble? OfContainer(string pod, JsonObject status)
    {
        var container = status.Text("name");
        var restarts = (int)(status.Number("restartCount") ?? 0);
        var died = status.At("state", "terminated") ?? status.At("lastState", "terminated");
        var waiting = status.Text("state", "waiting", "reason");
        if (waiting is not null && Waiting.Contains(waiting))
        {
            var why = died.Text("reason") == "OOMKilled" ? "OOMKilled: the memory limit was reached"
                : died.Number("exitCode") is { } code ? $"exit code {code}"
                : PlainText.OneLine(status.Text("state", "waiting", "message"), 300);
            var crashed = waiting == "CrashLoopBackOff";
            return new(pod, container, waiting, why, restarts, Hopeless.Contains(waiting) || (crashed && restarts >= CrashLoop), crashed);
        }

        if (status.Text("ready") != "true" && died is not null && (died.Number("exitCode") ?? 0) != 0)
        {
            var why = died.Text("reason") is "OOMKilled" ? "the memory limit was reached" : $"exit code {died.Number("exitCode")}";
            return new(pod, container, died.Text("reason") ?? "Error", why, restarts, restarts >= CrashLoop && status.At("state", "running") is null, status.At("state", "terminated") is null);
        }

        return null;
    }
}
