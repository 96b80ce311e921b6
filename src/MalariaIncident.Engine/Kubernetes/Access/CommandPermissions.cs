using static MalariaIncident.Engine.Kubernetes.Access.NeedList;

namespace MalariaIncident.Engine.Kubernetes.Access;

/// <summary>
/// The one table of what every command sends to a cluster. Readiness asks for it, and the manifests in kubernetes/ are held against it: a command that sends
/// something new has its row here.
/// </summary>
internal static class CommandPermissions
{
    private const string Apps = "apps";
    private const string NoEvents = "what events tell is missing";
    private const string NoLog = "the last log lines of a pod that fails are missing";

    /// <summary>Deployment, its ReplicaSets and what tells which of them was healthy.</summary>
    private static NeedList History => Read
        .Needs("get", Apps, "deployments")
        .Needs("list", Apps, "replicasets")
        .Helps("list", "", "pods", "pods that fail are not considered")
        .Helps("list", "", "events", NoEvents);

    private static NeedList Logs => Read
        .Needs("get", Apps, "deployments")
        .Needs("list", "", "pods")
        .Needs("get", "", "pods/log");

    /// <summary>What a change of a deployment sends, and following it to its end.</summary>
    private static NeedList Rollout => Read
        .Needs("get", Apps, "deployments")
        .Needs("list", Apps, "replicasets")
        .Needs("list", "", "pods")
        .Helps("watch", Apps, "deployments", "progress is seen later")
        .Helps("list", "", "events", NoEvents)
        .Helps("get", "", "pods/log", NoLog)
        .Act()
        .Needs("patch", Apps, "deployments");

    private static NeedList Autoscalers => Read.Helps("list", "autoscaling", "horizontalpodautoscalers", "an autoscaler that moves the replicas again is not seen");

    private static NeedList Quota => Read
        .Helps("list", "", "resourcequotas", "resource quotas are not considered")
        .Helps("list", "", "limitranges", "limit ranges are not considered");

    private static NeedList Health => Read
        .Needs("list", "", "pods")
        .Needs("list", Apps, "deployments")
        .Helps("get", "", "pods", "why a pod fails is not read")
        .Helps("get", "", "pods/log", NoLog)
        .Helps("get", Apps, "deployments", "why a deployment is incomplete is not read")
        .Helps("list", "", "events", NoEvents)
        .Helps("list", "", "services", "services without endpoints are not seen")
        .Helps("list", "discovery.k8s.io", "endpointslices", "services without endpoints are not seen")
        .Helps("list", "autoscaling", "horizontalpodautoscalers", "autoscalers at their limit are not seen")
        .Everywhere()
        .Helps("get", "", "namespaces", "a namespace that does not exist looks like an empty one")
        .Helps("list", "", "nodes", "nodes are not seen")
        .Helps("get", "", "nodes", "why a node is not ready is not read")
        .Helps("list", "metrics.k8s.io", "nodes", "what nodes use is not seen");

    private static NeedList HealthEverywhere => Health
        .Everywhere()
        .Helps("list", "", "namespaces", "only the namespace of the application is seen")
        .Helps("list", "", "pods", "pods of other namespaces are not seen")
        .Helps("get", "", "pods", "why a pod of another namespace fails is not read")
        .Helps("list", Apps, "deployments", "deployments of other namespaces are not seen")
        .Helps("get", Apps, "deployments", "why a deployment of another namespace is incomplete is not read");

    private static NeedList Service => Read
        .Needs("get", "", "services")
        .Needs("list", "", "pods")
        .Needs("list", "discovery.k8s.io", "endpointslices")
        .Act()
        .Needs("patch", "", "services");

    private static NeedList Resize => Read
        .Helps("get", "", "pods", "-InPlace is not possible")
        .Act()
        .Helps("patch", "", "pods/resize", "-InPlace is not possible");

    /// <summary>By command.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<CommandNeed>> All { get; } = new Dictionary<string, IReadOnlyList<CommandNeed>>(StringComparer.OrdinalIgnoreCase)
    {
        ["Get-ClusterHealth"] = HealthEverywhere,
        ["Get-RolloutHistory"] = History,
        ["Get-RecentDeployment"] = History,
        ["Get-ServiceLog"] = Logs,
        ["Measure-ErrorRate"] = Logs,
        ["Test-IncidentResolution"] = Health.And(History).And(Logs),
        ["Test-IncidentReadiness"] = History.And(Quota).And(Read
            .Helps("get", "", "services", "services and slots are not checked")
            .Helps("list", "discovery.k8s.io", "endpointslices", "services and slots are not checked")
            .Helps("list", "autoscaling", "horizontalpodautoscalers", "autoscalers are not checked")
            .Everywhere().Helps("get", "", "namespaces", "the namespace is not checked").Helps("list", "metrics.k8s.io", "nodes", "usage is not checked")),
        ["Test-ServiceDependency"] = Read
            .Helps("get", Apps, "deployments", "nothing is asked from inside a pod")
            .Helps("list", "", "pods", "nothing is asked from inside a pod")
            .By(GrantedBy.PodExec)
            .Helps("get", "", "pods/exec", "nothing is asked from inside a pod")
            .Helps("create", "", "pods/exec", "nothing is asked from inside a pod"),
        ["Invoke-EmergencyRollback"] = Rollout.And(History).And(Read.Needs("get", Apps, "replicasets")),
        ["Restart-Deployment"] = Rollout.And(Read.Helps("list", "policy", "poddisruptionbudgets", "disruption budgets are not considered")),
        ["Set-ResourceLimit"] = Rollout.And(Autoscalers).And(Quota).And(Resize).And(Read.Everywhere().Helps("list", "", "nodes", "whether a node is large enough is not known")),
        ["Set-ServiceDegradation"] = Rollout.And(Autoscalers),
        ["Set-ServiceScale"] = Rollout.And(Autoscalers).And(Quota),
        ["Switch-DeploymentSlot"] = Service,
        ["Undo-Mitigation"] = Rollout.And(Read.Needs("get", Apps, "replicasets")).And(Autoscalers).And(Service).And(Resize),
    };

    /// <summary>What is needed besides, by a command that goes into pods of that kind (<c>statefulset</c>, <c>service</c> …; null for labels) to a port.</summary>
    public static IReadOnlyList<CommandNeed> ThroughPods(string? kind)
    {
        var ports = Read.By(GrantedBy.PodPortForward);
        var found = kind switch
        {
            null => ports.Needs("list", "", "pods"),
            "pod" => ports.Needs("get", "", "pods"),
            "service" => ports.Needs("get", "", "services").Needs("list", "", "pods"),
            _ => ports.Needs("get", Apps, kind + "s").Needs("list", "", "pods"),
        };
        return found.Needs("get", "", "pods/portforward").Needs("create", "", "pods/portforward");
    }
}
