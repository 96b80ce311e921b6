using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Simulation;
using MalariaIncident.Sandbox.World;

namespace MalariaIncident.Sandbox.Faults;

/// <summary>Every fault by name.</summary>
internal static class FaultCatalogue
{
    public static readonly IReadOnlyList<Fault> All =
    [
        new("bad-release", $"release {Behaviours.BadTag} passes its rollout and then crashes; a changed setting came after it, so that a plain undo keeps the bad image",
        [
            Step(12, reach => reach.History.Release(Behaviours.BadTag)),
            Step(6, reach => reach.History.Change("log more, to see why it crashes", deployment => ProductionHistory.Variable(deployment, "LOG_LEVEL").Value = "debug")),
        ]) { Shows = reach => !AnyReady(reach) },
        new("crash-loop", "every pod of the application crashes, whatever its release: a rollback does not help",
            [Step(8, reach => reach.Simulation.Behaviours.Set("crash-loop", (pod, container) => IsApplication(pod, container) ? reach.Simulation.Behaviours.Crashing : null))],
            reach => reach.Simulation.Behaviours.Clear("crash-loop")) { Shows = reach => !AnyReady(reach) },
        new("image-pull", "release 1.5.1-imagepull is not in the registry: its pods wait in ImagePullBackOff, the old ones serve on",
            [Step(8, reach => reach.History.Release("1.5.1-imagepull"))]) { Shows = reach => Waiting(reach, "ImagePullBackOff") },
        new("oom", $"release {Behaviours.HungryTag} needs more memory than its limit and is killed again and again",
            [Step(8, reach => reach.History.Release(Behaviours.HungryTag))]),
        new("blocked-table", "a batch job is idle in a transaction that locks the predictions table: queries pile up behind it and the application is not ready", [])
        {
            Begin = (reach, cancellationToken) => reach.Databases.BlockAsync(cancellationToken),
            End = reach => reach.Databases.UnblockAsync(),
        },
        new("full-cache", "the cache is full and may evict nothing: it answers PING and refuses every write", [])
        {
            Begin = (reach, cancellationToken) => reach.Databases.FillCacheAsync(cancellationToken),
            End = reach => reach.Databases.WidenCacheAsync(),
        },
        new("era5-maintenance", "the store that ERA5 comes from is in maintenance: it answers 503",
            [Step(0, reach => reach.ClimateStore.IsInMaintenance = true)], reach => reach.ClimateStore.IsInMaintenance = false),
        new("cut-off-pods", "a network policy lets nothing out of the application's pods: what it leans on is up, and it reaches none of it",
            [Step(0, reach => reach.PodNetwork.IsCutOff = true)], reach => reach.PodNetwork.IsCutOff = false),
        new("slow-start", "release 1.5.3-slow takes most of a minute to become ready",
            [Step(0, reach => reach.History.Release("1.5.3-slow"))]),
        new("slow-node", "a worker with disk pressure starts its pods very slowly",
            [Step(15, reach => reach.Simulation.Nodes.SetSlow(ProductionHistory.Workers[1], true))], reach => reach.Simulation.Nodes.SetSlow(ProductionHistory.Workers[1], false)),
        new("node-not-ready", "a worker falls silent: its pods are not ready and are evicted after five minutes",
            [Step(2, reach => reach.Simulation.Nodes.SetReady(ProductionHistory.Workers[0], false))], reach => reach.Simulation.Nodes.SetReady(ProductionHistory.Workers[0], true)),
        new("bad-release-green", $"release {Behaviours.BadTag} crashes in the idle slot (green), too",
            [Step(12, reach => SetGreen(reach, Behaviours.BadTag))]),
        new("empty-slot", "the idle slot (green) has no pods: switching to it would be an outage",
            [Step(60, reach => Scale(reach, ProductionNames.GreenDeployment, 0))], reach => Scale(reach, ProductionNames.GreenDeployment, 2)),
        new("unready-slot", "the pods of the idle slot (green) run and never become ready: switching to it would be an outage",
        [
            Step(62, reach => Scale(reach, ProductionNames.GreenDeployment, 0)),
            Step(61, reach => SetGreen(reach, "1.4.3-notready")),
            Step(60, reach => Scale(reach, ProductionNames.GreenDeployment, 2)),
        ]),
        new("stuck-endpoints", "the controller of endpoints stands still: services go on leading where they led",
            [Step(0, reach => reach.Simulation.EndpointsStandStill = true)], reach => reach.Simulation.EndpointsStandStill = false),
        new("stuck-cluster", "controllers and kubelets stand still: pods stay as they are, crash loops in their back-off, and nothing follows a change",
            [Step(0, reach => reach.Simulation.StandsStill = true)], reach => reach.Simulation.StandsStill = false),
        new("autoscaler", "a HorizontalPodAutoscaler owns the replica count and puts back what is scaled below its minimum of three",
            [Step(1000, AddAutoscaler)], reach => Remove(reach, ResourceKinds.HorizontalPodAutoscalers, ProductionNames.Deployment)),
        new("tight-quota", "a resource quota of the namespace leaves room for two more pods",
            [Step(1000, reach => reach.Store.Add(ResourceKinds.ResourceQuotas, NamespaceRules.TightQuota()))],
            reach => Remove(reach, ResourceKinds.ResourceQuotas, NamespaceRules.QuotaName)),
        new("limit-range", "a limit range of the namespace allows a container 4Gi, and eight times what it requests",
            [Step(1000, reach => reach.Store.Add(ResourceKinds.LimitRanges, NamespaceRules.LimitRange()))],
            reach => Remove(reach, ResourceKinds.LimitRanges, NamespaceRules.LimitRangeName)),
        new("no-resize", "the cluster is too old to resize pods in place",
            [Step(0, reach => reach.Dispatcher.Resizes.Available = false)], reach => reach.Dispatcher.Resizes.Available = true),
        new("argo-cd", "Argo CD owns the application's deployment and service and would revert what is changed by hand", [Step(1000, reach => Mark(reach, true))], reach => Mark(reach, false)),
        new("no-metrics", "there is no metrics server", [Step(0, reach => reach.Dispatcher.MetricsAvailable = false)], reach => reach.Dispatcher.MetricsAvailable = true),
        new("forbidden", "nobody may patch deployments or scale them", [Step(0, Forbid)], reach => reach.Access.AllowAll()),
        new("expired-pages", "continue tokens and watches from before are answered with 410, once",
        [
            Step(0, reach =>
            {
                reach.Lists.Expire();
                reach.Store.Compact();
            }),
        ]),
        Api("api-429", "the API answers every other request with 429 and Retry-After", new() { Kind = ApiFaultKind.TooManyRequests, Matches = EveryOther() }),
        Api("api-500", "the API answers the next two requests with 500", new() { Kind = ApiFaultKind.StatusCode, StatusCode = 500, Count = 2 }),
        Api("api-503", "the API is down: 503 for everything", new() { Kind = ApiFaultKind.StatusCode }),
        Api("api-cut", "the connection is cut in the middle of the next two bodies", new() { Kind = ApiFaultKind.CutInBody, Matches = Reads, Count = 2 }),
        Api("api-reset", "the next two connections are cut before anything is done", new() { Kind = ApiFaultKind.Reset, Count = 2 }),
        Api("api-lost-answer", "the next PATCH is applied, its answer is lost", new() { Kind = ApiFaultKind.LoseAnswer, Matches = request => request.Method == "PATCH", Count = 1 }),
        Api("api-truncated", "the next two answers are JSON that ends early", new() { Kind = ApiFaultKind.TruncatedJson, Matches = Reads, Count = 2 }),
        Api("api-slow", "bodies come twenty seconds after their headers", new() { Kind = ApiFaultKind.SlowBody, Matches = Reads }),
        Api("api-proxy", "a proxy answers everything with its sign-in page and 200", new() { Kind = ApiFaultKind.ProxyPage }),
        Api("api-401", "the next request is answered with 401, as with a token that has just expired", new() { Kind = ApiFaultKind.StatusCode, StatusCode = 401, Count = 1 }),
    ];

    private static FaultStep Step(double minutesAgo, Action<FaultReach> act) => new(TimeSpan.FromMinutes(minutesAgo), act);

    private static Fault Api(string name, string description, ApiFault fault) =>
        new(name, description, [Step(0, reach => reach.Api.Add(name, fault))], reach => reach.Api.Remove(name));

    private static bool Reads(RecordedRequest request) => request.Method == "GET" && !request.Query.Contains("watch=true", StringComparison.Ordinal) && request.Path.Count(letter => letter == '/') > 3;

    private static Func<RecordedRequest, bool> EveryOther()
    {
        var count = 0;
        return request => !request.Query.Contains("watch=true", StringComparison.Ordinal) && Interlocked.Increment(ref count) % 2 == 1;
    }

    private static bool IsApplication(V1Pod pod, V1Container container) =>
        container.Name == ProductionNames.Container && pod.Metadata.Labels?.TryGetValue("app", out var app) == true && app == "malaria-predictor";

    private static IEnumerable<V1Pod> Pods(FaultReach reach) => reach.Store.All<V1Pod>(ResourceKinds.Pods, ProductionNames.Namespace)
        .Where(pod => pod.Metadata.Labels?.TryGetValue("version", out var slot) == true && slot == "blue");

    private static bool AnyReady(FaultReach reach) => Pods(reach).Any(pod => pod.IsActive() && pod.IsReady());

    private static bool Waiting(FaultReach reach, string reason) =>
        Pods(reach).Any(pod => pod.Status?.ContainerStatuses?.Any(status => status.State?.Waiting?.Reason == reason) == true);

    private static void Scale(FaultReach reach, string deployment, int replicas) =>
        reach.Store.Update<V1Deployment>(ResourceKinds.Deployments, ProductionNames.Namespace, deployment, copy =>
        {
            copy.Spec.Replicas = replicas;
            copy.Metadata.Generation++;
        });

    private static void AddAutoscaler(FaultReach reach) => reach.Store.Add(ResourceKinds.HorizontalPodAutoscalers, new V2HorizontalPodAutoscaler
    {
        Metadata = new() { Name = ProductionNames.Deployment, NamespaceProperty = ProductionNames.Namespace },
        Spec = new()
        {
            ScaleTargetRef = new() { ApiVersion = "apps/v1", Kind = "Deployment", Name = ProductionNames.Deployment },
            MinReplicas = 3,
            MaxReplicas = 10,
            Metrics = [new() { Type = "Resource", Resource = new() { Name = "cpu", Target = new() { Type = "Utilization", AverageUtilization = 70 } } }],
        },
        Status = new()
        {
            CurrentReplicas = 3,
            DesiredReplicas = 3,
            CurrentMetrics = [new() { Type = "Resource", Resource = new() { Name = "cpu", Current = new() { AverageUtilization = 31, AverageValue = new("78m") } } }],
        },
    });

    private static void Remove(FaultReach reach, ResourceKind kind, string name)
    {
        if (reach.Store.Find(kind, ProductionNames.Namespace, name) is { } stored) reach.Store.Remove(stored);
    }

    private static void SetGreen(FaultReach reach, string tag) =>
        reach.Store.Update<V1Deployment>(ResourceKinds.Deployments, ProductionNames.Namespace, ProductionNames.GreenDeployment, copy =>
        {
            ProductionHistory.Api(copy).Image = $"{ProductionNames.Image}:{tag}";
            copy.Metadata.Generation++;
        });

    private static void Mark(FaultReach reach, bool owned)
    {
        reach.Store.Update<V1Deployment>(ResourceKinds.Deployments, ProductionNames.Namespace, ProductionNames.Deployment, deployment =>
            Mark(deployment.Metadata, $"malaria:apps/Deployment:{ProductionNames.Namespace}/{ProductionNames.Deployment}", owned));
        reach.Store.Update<V1Service>(ResourceKinds.Services, ProductionNames.Namespace, ProductionNames.Service, service =>
            Mark(service.Metadata, $"malaria:/Service:{ProductionNames.Namespace}/{ProductionNames.Service}", owned));
    }

    private static void Mark(V1ObjectMeta metadata, string tracking, bool owned)
    {
        const string Annotation = "argocd.argoproj.io/tracking-id";
        metadata.Annotations ??= new Dictionary<string, string>();
        if (owned) metadata.Annotations[Annotation] = tracking;
        else metadata.Annotations.Remove(Annotation);
    }

    private static void Forbid(FaultReach reach)
    {
        foreach (var verb in (string[])["patch", "update"])
        {
            reach.Access.Deny(verb, "deployments");
            reach.Access.Deny(verb, "deployments/scale");
        }
    }
}
