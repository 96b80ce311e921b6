using k8s;
using k8s.Models;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>The defaults that the server writes into workloads; what it defaults elsewhere does not matter to the commands.</summary>
internal static class Defaults
{
    public static void Apply(IKubernetesObject<V1ObjectMeta> value)
    {
        switch (value)
        {
            case V1Deployment { Spec: { } spec } deployment:
                spec.Replicas ??= 1;
                spec.RevisionHistoryLimit ??= 10;
                spec.ProgressDeadlineSeconds ??= 600;
                spec.Strategy ??= new();
                spec.Strategy.Type ??= "RollingUpdate";
                if (spec.Strategy.Type == "RollingUpdate")
                {
                    spec.Strategy.RollingUpdate ??= new();
                    spec.Strategy.RollingUpdate.MaxSurge ??= "25%";
                    spec.Strategy.RollingUpdate.MaxUnavailable ??= "25%";
                }
                Apply(spec.Template?.Spec);
                deployment.Status ??= new();
                break;
            case V1ReplicaSet { Spec: { } spec } set:
                spec.Replicas ??= 1;
                Apply(spec.Template?.Spec);
                set.Status ??= new();
                break;
            case V1StatefulSet { Spec: { } spec }:
                spec.Replicas ??= 1;
                Apply(spec.Template?.Spec);
                break;
            case V1Pod pod:
                Apply(pod.Spec);
                pod.Status ??= new() { Phase = "Pending" };
                break;
            case V1Service { Spec: { } spec }:
                spec.Type ??= "ClusterIP";
                spec.SessionAffinity ??= "None";
                foreach (var port in spec.Ports ?? [])
                {
                    port.Protocol ??= "TCP";
                    port.TargetPort ??= port.Port.ToString();
                }
                break;
            case V1Namespace space:
                space.Status ??= new() { Phase = "Active" };
                break;
        }
    }

    private static void Apply(V1PodSpec? spec)
    {
        if (spec is null) return;
        spec.RestartPolicy ??= "Always";
        spec.TerminationGracePeriodSeconds ??= 30;
        spec.DnsPolicy ??= "ClusterFirst";
        spec.SchedulerName ??= "default-scheduler";
        spec.SecurityContext ??= new();
        foreach (var container in (spec.Containers ?? []).Concat(spec.InitContainers ?? []))
        {
            container.TerminationMessagePath ??= "/dev/termination-log";
            container.TerminationMessagePolicy ??= "File";
            container.ImagePullPolicy ??= container.Image?.EndsWith(":latest", StringComparison.Ordinal) == true ? "Always" : "IfNotPresent";
            container.Resources ??= new();
            foreach (var port in container.Ports ?? []) port.Protocol ??= "TCP";
        }
    }
}
