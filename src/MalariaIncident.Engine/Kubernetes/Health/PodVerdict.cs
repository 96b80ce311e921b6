namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>What a row of the pod table lets one suspect.</summary>
internal enum PodVerdict
{
    Well,
    /// <summary>Well now, but restarted within the window: only the whole object says why (an OOM kill, for one).</summary>
    Restarted,
    /// <summary>Young, and on its way.</summary>
    Starting,
    /// <summary>On its way for too long.</summary>
    Stuck,
    /// <summary>Runs, and is not ready.</summary>
    NotReady,
    /// <summary>Leaves.</summary>
    Terminating,
    /// <summary>Ended with an error, or was put off its node; nobody restarts it.</summary>
    Failed,
    /// <summary>A reason that names a fault.</summary>
    Faulty,
    /// <summary>A text that is not known here: to be looked at, never taken for well.</summary>
    Unknown,
}

/// <summary>Reads the STATUS text, which is made for people, by the reasons that servers are known to print.</summary>
internal static class PodVerdicts
{
    /// <summary>Younger pods are given time to start.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);

    /// <summary>A scheduler takes milliseconds: a pod that has no node after this gets none.</summary>
    private static readonly TimeSpan SchedulerPatience = TimeSpan.FromSeconds(15);

    private static readonly HashSet<string> Faults = new(StringComparer.Ordinal)
    {
        "CrashLoopBackOff", "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable",
        "SignatureValidationFailed", "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError", "ContainerCannotRun",
        "PreCreateHookError", "PreStartHookError", "PostStartHookError", "OOMKilled", "Error", "NodeLost", "Unknown", "ContainerStatusUnknown", "FailedPreStopHook",
    };

    private static readonly HashSet<string> Ends = new(StringComparer.Ordinal)
    {
        "Failed", "Evicted", "NodeAffinity", "NodeShutdown", "Shutdown", "Terminated", "Preempting", "Preempted", "DeadlineExceeded", "UnexpectedAdmissionError",
        "OutOfcpu", "OutOfmemory", "OutOfpods", "OutOfephemeral-storage", "TopologyAffinityError", "PodLevelResourcesAdmissionError",
    };

    private static readonly HashSet<string> Beginnings = new(StringComparer.Ordinal) { "Pending", "ContainerCreating", "PodInitializing", "SchedulingGated" };

    public static PodVerdict Judge(PodRow pod, TimeSpan window)
    {
        if (pod.IsWell)
        {
            return pod.Restarts > 0 && pod.LastRestart is { } ago && ago <= window ? PodVerdict.Restarted : PodVerdict.Well;
        }

        bool young = pod.Age is { } age && age < (pod.Status == "Pending" && pod.Node is null ? SchedulerPatience : StartPatience) && pod.Restarts == 0;
        string status = pod.Status;
        if (status.StartsWith("Init:", StringComparison.Ordinal))
        {
            status = status[5..];
            if (status.Contains('/', StringComparison.Ordinal))
            {
                return young ? PodVerdict.Starting : PodVerdict.Stuck;
            }
        }

        return status switch
        {
            "Running" or "NotReady" => young ? PodVerdict.Starting : PodVerdict.NotReady,
            "Terminating" => PodVerdict.Terminating,
            _ when Beginnings.Contains(status) => young ? PodVerdict.Starting : PodVerdict.Stuck,
            _ when Ends.Contains(status) => PodVerdict.Failed,
            _ when Faults.Contains(status) || status.StartsWith("ExitCode:", StringComparison.Ordinal) || status.StartsWith("Signal:", StringComparison.Ordinal) => PodVerdict.Faulty,
            _ => PodVerdict.Unknown,
        };
    }
}
