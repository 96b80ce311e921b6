using k8s.Models;

namespace MalariaIncident.Sandbox.World;

internal static class NodeObjects
{
    public static V1Node Node(string name, int number, DateTime now, bool controlPlane = false)
    {
        var labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = name, ["kubernetes.io/os"] = "linux", ["kubernetes.io/arch"] = "amd64" };
        if (controlPlane) labels["node-role.kubernetes.io/control-plane"] = "";
        var capacity = new Dictionary<string, ResourceQuantity>
        {
            ["cpu"] = new("8"), ["memory"] = new("32Gi"), ["pods"] = new("110"), ["ephemeral-storage"] = new("200Gi"),
        };
        return new()
        {
            Metadata = new() { Name = name, Labels = labels },
            Spec = new()
            {
                PodCIDR = $"10.244.{number % 250}.0/24",
                Taints = controlPlane ? [new() { Key = "node-role.kubernetes.io/control-plane", Effect = "NoSchedule" }] : null,
            },
            Status = new()
            {
                Capacity = capacity,
                Allocatable = capacity,
                Addresses = [new() { Type = "InternalIP", Address = $"10.0.{number / 250}.{1 + (number % 250)}" }, new() { Type = "Hostname", Address = name }],
                Conditions =
                [
                    Condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available", now),
                    Condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure", now),
                    Condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available", now),
                    Condition("Ready", "True", "KubeletReady", "kubelet is posting ready status", now),
                ],
                NodeInfo = new()
                {
                    Architecture = "amd64",
                    BootID = $"{number:x8}-0000-4000-8000-000000000000",
                    MachineID = $"{number:x32}",
                    SystemUUID = $"{number:x8}-0000-4000-8000-000000000001",
                    ContainerRuntimeVersion = "containerd://2.0.4",
                    KernelVersion = "6.8.0-60-generic",
                    KubeletVersion = "v1.35.2",
                    KubeProxyVersion = "v1.35.2",
                    OperatingSystem = "linux",
                    OsImage = "Ubuntu 24.04.2 LTS",
                },
            },
        };
    }

    private static V1NodeCondition Condition(string type, string status, string reason, string message, DateTime now) =>
        new() { Type = type, Status = status, Reason = reason, Message = message, LastHeartbeatTime = now, LastTransitionTime = now };
}
