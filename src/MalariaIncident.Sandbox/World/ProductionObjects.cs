using k8s.Models;

namespace MalariaIncident.Sandbox.World;

/// <summary>The objects of the production namespace, as large and as ordinary as those of a real one.</summary>
internal static class ProductionObjects
{
    public static V1Deployment Api(string name, string slot, string tag, int replicas) => new()
    {
        Metadata = Meta(name, new() { ["app"] = "malaria-predictor", ["component"] = "api", [ProductionNames.SlotKey] = slot }),
        Spec = new()
        {
            Replicas = replicas,
            Selector = new() { MatchLabels = Labels(slot) },
            Strategy = new() { Type = "RollingUpdate", RollingUpdate = new() { MaxSurge = "1", MaxUnavailable = "1" } },
            Template = new()
            {
                Metadata = new()
                {
                    Labels = Labels(slot),
                    Annotations = new Dictionary<string, string> { ["prometheus.io/scrape"] = "true", ["prometheus.io/port"] = "9090", ["prometheus.io/path"] = "/metrics" },
                },
                Spec = new()
                {
                    ServiceAccountName = "malaria-predictor",
                    Containers = [Container(tag), Sidecar()],
                    Volumes = [new() { Name = "data", EmptyDir = new() }, new() { Name = "secrets", Secret = new() { SecretName = ProductionNames.Secret } }],
                },
            },
        },
    };

    public static V1Deployment Pooler() => new()
    {
        Metadata = Meta(ProductionNames.Pooler, new() { ["app"] = ProductionNames.Pooler }),
        Spec = new()
        {
            Replicas = 2,
            Selector = new() { MatchLabels = App(ProductionNames.Pooler) },
            Template = Simple(ProductionNames.Pooler, "registry.example/pgbouncer:1.22.1", 6432),
        },
    };

    public static V1PodDisruptionBudget PoolerBudget() => new()
    {
        Metadata = Meta(ProductionNames.Pooler, new() { ["app"] = ProductionNames.Pooler }),
        Spec = new() { MinAvailable = "1", Selector = new() { MatchLabels = App(ProductionNames.Pooler) } },
    };

    public static V1StatefulSet Database(int replicas) => new()
    {
        Metadata = Meta(ProductionNames.Database, new() { ["app"] = ProductionNames.Database }),
        Spec = new()
        {
            Replicas = replicas,
            ServiceName = ProductionNames.Database,
            Selector = new() { MatchLabels = App(ProductionNames.Database) },
            Template = Simple(ProductionNames.Database, "registry.example/postgres:15.6", 5432),
        },
    };

    public static V1Service Service(string name, Dictionary<string, string> selector, int port, string address) => new()
    {
        Metadata = Meta(name, new() { ["app"] = selector["app"] }),
        Spec = new() { Type = "ClusterIP", ClusterIP = address, ClusterIPs = [address], Selector = selector, Ports = [new() { Name = "main", Port = port, TargetPort = port.ToString(), Protocol = "TCP" }] },
    };

    public static V1ConfigMap Settings() => new()
    {
        Metadata = Meta(ProductionNames.ConfigMap, []),
        Data = new Dictionary<string, string> { ["background-jobs"] = "true", ["model-version"] = "2026-07" },
    };

    public static V1Secret Secrets(string database, string cache) => new()
    {
        Metadata = Meta(ProductionNames.Secret, []),
        Type = "Opaque",
        Data = new Dictionary<string, byte[]>
        {
            ["database-url"] = System.Text.Encoding.UTF8.GetBytes(database),
            ["redis-url"] = System.Text.Encoding.UTF8.GetBytes(cache),
        },
    };

    public static Dictionary<string, string> Slot(string slot) => new() { ["app"] = "malaria-predictor", [ProductionNames.SlotKey] = slot };

    public static Dictionary<string, string> App(string app) => new() { ["app"] = app };

    private static Dictionary<string, string> Labels(string slot) => new() { ["app"] = "malaria-predictor", ["component"] = "api", [ProductionNames.SlotKey] = slot };

    private static V1ObjectMeta Meta(string name, Dictionary<string, string> labels) =>
        new() { Name = name, NamespaceProperty = ProductionNames.Namespace, Labels = labels.Count > 0 ? labels : null };

    private static V1Container Container(string tag) => new()
    {
        Name = ProductionNames.Container,
        Image = $"{ProductionNames.Image}:{tag}",
        Ports = [new() { Name = "http", ContainerPort = 8000 }],
        Env =
        [
            new() { Name = "FEATURE_ML_PREDICTIONS", Value = "true" },
            new() { Name = "FEATURE_BACKGROUND_JOBS", ValueFrom = new() { ConfigMapKeyRef = new() { Name = ProductionNames.ConfigMap, Key = "background-jobs" } } },
            new() { Name = "DATABASE_URL", ValueFrom = new() { SecretKeyRef = new() { Name = ProductionNames.Secret, Key = "database-url" } } },
            new() { Name = "REDIS_URL", ValueFrom = new() { SecretKeyRef = new() { Name = ProductionNames.Secret, Key = "redis-url" } } },
            new() { Name = "LOG_LEVEL", Value = "warning" },
            new() { Name = "POD_NAME", ValueFrom = new() { FieldRef = new() { FieldPath = "metadata.name" } } },
        ],
        Resources = Resources("250m", "512Mi", "1", "2Gi"),
        LivenessProbe = Probe("/health/liveness", 30),
        ReadinessProbe = Probe("/health/readiness", 10),
        VolumeMounts = [new() { Name = "data", MountPath = "/app/data" }, new() { Name = "secrets", MountPath = "/var/secrets", ReadOnlyProperty = true }],
    };

    private static V1Container Sidecar() => new()
    {
        Name = ProductionNames.Sidecar,
        Image = "registry.example/metrics-exporter:0.9.1",
        Ports = [new() { Name = "metrics", ContainerPort = 9090 }],
        Env = [new() { Name = "LOG_LEVEL", Value = "warning" }],
        Resources = Resources("10m", "32Mi", "100m", "64Mi"),
    };

    private static V1PodTemplateSpec Simple(string app, string image, int port) => new()
    {
        Metadata = new() { Labels = App(app) },
        Spec = new()
        {
            Containers =
            [
                new() { Name = app, Image = image, Ports = [new() { Name = "main", ContainerPort = port }], Resources = Resources("100m", "128Mi", "1", "1Gi") },
            ],
        },
    };

    private static V1Probe Probe(string path, int period) => new()
    {
        HttpGet = new() { Path = path, Port = "http", Scheme = "HTTP" },
        PeriodSeconds = period,
        TimeoutSeconds = 5,
        FailureThreshold = 3,
        SuccessThreshold = 1,
    };

    private static V1ResourceRequirements Resources(string cpu, string memory, string cpuLimit, string memoryLimit) => new()
    {
        Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu), ["memory"] = new(memory) },
        Limits = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpuLimit), ["memory"] = new(memoryLimit) },
    };
}
