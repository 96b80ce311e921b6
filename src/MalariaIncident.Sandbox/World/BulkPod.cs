using k8s.Models;
using MalariaIncident.Sandbox.Simulation;

namespace MalariaIncident.Sandbox.World;

/// <summary>One pod of another team, healthy or with one of the four faults; names in @ are holes.</summary>
internal static class BulkPod
{
    public static V1Pod Make(string fault, DateTime created, Dictionary<string, string> labels) => new()
    {
        Metadata = new()
        {
            Name = "@name@",
            NamespaceProperty = "@namespace@",
            Uid = "@uid@",
            ResourceVersion = "@version@",
            CreationTimestamp = created,
            Labels = labels,
            Annotations = new Dictionary<string, string>
            {
                ["prometheus.io/scrape"] = "true",
                ["prometheus.io/port"] = "9090",
                ["checksum/config"] = "7d8f2c0a4b1e6f3d9c5a8e7b2d4f6a1c3e5b7d9f0a2c4e6b8d1f3a5c7e9b0d2f",
            },
            OwnerReferences = [new() { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "@app@-6d5f7c9b8d", Uid = "00000000-0000-4000-8000-000000000000", Controller = true, BlockOwnerDeletion = true }],
        },
        Spec = Spec(fault),
        Status = Status(fault, created),
    };

    private static V1PodSpec Spec(string fault) => new()
    {
        NodeName = "@node@",
        ServiceAccountName = "@app@",
        RestartPolicy = "Always",
        TerminationGracePeriodSeconds = 30,
        DnsPolicy = "ClusterFirst",
        SchedulerName = "default-scheduler",
        SecurityContext = new() { RunAsNonRoot = true, RunAsUser = 1000, FsGroup = 1000 },
        Containers =
        [
            new()
            {
                Name = "main",
                Image = Image(fault),
                ImagePullPolicy = "IfNotPresent",
                Ports = [new() { Name = "http", ContainerPort = 8000, Protocol = "TCP" }, new() { Name = "metrics", ContainerPort = 9090, Protocol = "TCP" }],
                Env =
                [
                    .. ((string[])["DATABASE", "REDIS", "BROKER", "TRACING", "OBJECT_STORE"]).Select(name => new V1EnvVar
                    {
                        Name = name + "_URL",
                        ValueFrom = new() { SecretKeyRef = new() { Name = "@app@-secrets", Key = name.ToLowerInvariant() } },
                    }),
                    .. ((string[])["ALERTS", "EXPORT", "CACHE", "AUDIT"]).Select(name => new V1EnvVar { Name = "FEATURE_" + name, Value = "true" }),
                ],
                Resources = new()
                {
                    Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("50m"), ["memory"] = new("128Mi") },
                    Limits = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("1"), ["memory"] = new("1Gi") },
                },
                LivenessProbe = Probe("/health/liveness"),
                ReadinessProbe = Probe("/health/readiness"),
                VolumeMounts = [new() { Name = "data", MountPath = "/app/data" }, new() { Name = "logs", MountPath = "/app/logs" }],
            },
        ],
        Volumes = [new() { Name = "data", EmptyDir = new() }, new() { Name = "logs", EmptyDir = new() }],
    };

    private static V1PodStatus Status(string fault, DateTime created)
    {
        var ready = fault is "" or "oom";
        var status = new V1PodStatus
        {
            Phase = fault == "imagepull" ? "Pending" : "Running",
            HostIP = "10.0.0.9",
            PodIP = "@address@",
            PodIPs = [new() { Ip = "@address@" }],
            QosClass = "Burstable",
            StartTime = created,
            ContainerStatuses = [Container(fault, ready, created)],
        };
        foreach (var type in (string[])["PodReadyToStartContainers", "Initialized"]) status.Set(type, true, created);
        status.Set("Ready", ready, created, ready ? null : "ContainersNotReady", ready ? null : "containers with unready status: [main]");
        status.Set("ContainersReady", ready, created, ready ? null : "ContainersNotReady", ready ? null : "containers with unready status: [main]");
        status.Set("PodScheduled", true, created);
        return status;
    }

    private static V1ContainerStatus Container(string fault, bool ready, DateTime created)
    {
        // Recent, so that whoever looks for what restarted within the last hour finds it.
        var lately = created.AddDays(3).AddMinutes(-4);
        V1ContainerState Ended(int code, string reason) => new() { Terminated = new() { ExitCode = code, Reason = reason, StartedAt = lately.AddSeconds(-40), FinishedAt = lately, ContainerID = Id } };
        return new()
        {
            Name = "main",
            Image = Image(fault),
            ImageID = fault == "imagepull" ? "" : "registry.example/platform/service@sha256:052f2f5b908accb821d7df4ee06a065833e228de88c763bf7d149d2021735f0b",
            ContainerID = fault == "imagepull" ? null : Id,
            Ready = ready,
            Started = fault is not ("imagepull" or "crash"),
            RestartCount = fault switch { "crash" => 7, "oom" => 3, _ => 0 },
            LastState = fault switch { "crash" => Ended(1, "Error"), "oom" => Ended(137, "OOMKilled"), _ => new() },
            State = fault switch
            {
                "crash" => new() { Waiting = new() { Reason = "CrashLoopBackOff", Message = "back-off 5m0s restarting failed container=main" } },
                "imagepull" => new() { Waiting = new() { Reason = "ImagePullBackOff", Message = $"Back-off pulling image \"{Image(fault)}\"" } },
                "oom" => new() { Running = new() { StartedAt = lately } },
                _ => new() { Running = new() { StartedAt = created } },
            },
        };
    }

    private const string Id = "containerd://3b6e6de3fdf5c60aaeb0711af9fb4cdee199e34728366b629ebf7bd41b729f57";

    private static string Image(string fault) => "registry.example/platform/service:2.7.0" + (fault.Length > 0 ? "-" + fault : "");

    private static V1Probe Probe(string path) =>
        new() { HttpGet = new() { Path = path, Port = "http", Scheme = "HTTP" }, InitialDelaySeconds = 10, PeriodSeconds = 10, TimeoutSeconds = 5, FailureThreshold = 3, SuccessThreshold = 1 };
}
