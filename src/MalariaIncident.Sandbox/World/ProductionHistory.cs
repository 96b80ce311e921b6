using k8s;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Requests;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Simulation;

namespace MalariaIncident.Sandbox.World;

/// <summary>Gives the cluster its past by playing it: what is there at the end was made by the same controllers that go on with it.</summary>
internal sealed class ProductionHistory(ClusterStore store, SandboxClock clock, ClusterSimulation simulation)
{
    public static readonly string[] Workers = ["sandbox-worker-1", "sandbox-worker-2", "sandbox-worker-3"];

    /// <summary>Plays from a month before a given moment to it.</summary>
    public void Play(DateTimeOffset end, string database, string cache, int replicas, int databases)
    {
        clock.Hold(end.AddDays(-30));
        store.Add(ResourceKinds.Nodes, NodeObjects.Node("sandbox-control-plane", 1, store.Now, controlPlane: true));
        for (var index = 0; index < Workers.Length; index++) store.Add(ResourceKinds.Nodes, NodeObjects.Node(Workers[index], index + 2, store.Now));
        foreach (var name in (string[])["default", "kube-system", "kube-node-lease", ProductionNames.Namespace])
            Add(ResourceKinds.Namespaces, new V1Namespace { Metadata = new() { Name = name, Labels = new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = name } } });
        Add(ResourceKinds.ConfigMaps, ProductionObjects.Settings());
        Add(ResourceKinds.Secrets, ProductionObjects.Secrets(database, cache));
        Add(ResourceKinds.StatefulSets, ProductionObjects.Database(databases));
        Add(ResourceKinds.Deployments, ProductionObjects.Pooler());
        Add(ResourceKinds.PodDisruptionBudgets, ProductionObjects.PoolerBudget());
        Add(ResourceKinds.Services, ProductionObjects.Service(ProductionNames.Service, ProductionObjects.Slot(ProductionNames.BlueSlot), 8000, "10.96.14.20"));
        Add(ResourceKinds.Services, ProductionObjects.Service(ProductionNames.Pooler, ProductionObjects.App(ProductionNames.Pooler), 6432, "10.96.14.21"));
        Add(ResourceKinds.Services, ProductionObjects.Service(ProductionNames.Database, ProductionObjects.App(ProductionNames.Database), 5432, "10.96.14.22"));
        Add(ResourceKinds.Deployments, ProductionObjects.Api(ProductionNames.GreenDeployment, ProductionNames.GreenSlot, "1.4.1", 2));
        simulation.PlayUntil(end.AddDays(-9));
        Add(ResourceKinds.Deployments, ProductionObjects.Api(ProductionNames.Deployment, ProductionNames.BlueSlot, ProductionNames.GoodTag, replicas));
        Annotate("release 1.4.2");
        simulation.PlayUntil(end.AddDays(-2));
        Change("log less", deployment => Variable(deployment, "LOG_LEVEL").Value = "info");
        simulation.PlayUntil(end);
    }

    /// <summary>Changes the application's deployment as a person or a pipeline would.</summary>
    public void Change(string cause, Action<V1Deployment> change) =>
        store.Update<V1Deployment>(ResourceKinds.Deployments, ProductionNames.Namespace, ProductionNames.Deployment, deployment =>
        {
            var before = KubernetesJson.Serialize(deployment.Spec);
            change(deployment);
            (deployment.Metadata.Annotations ??= new Dictionary<string, string>())["kubernetes.io/change-cause"] = cause;
            if (KubernetesJson.Serialize(deployment.Spec) != before) deployment.Metadata.Generation++;
        });

    public void Release(string tag) => Change($"release {tag}", deployment => Api(deployment).Image = $"{ProductionNames.Image}:{tag}");

    public static V1Container Api(V1Deployment deployment) =>
        deployment.Spec.Template.Spec.Containers.First(container => container.Name == ProductionNames.Container);

    public static V1EnvVar Variable(V1Deployment deployment, string name) => Api(deployment).Env.First(variable => variable.Name == name);

    private void Annotate(string cause) => Change(cause, _ => { });

    private void Add(ResourceKind kind, IKubernetesObject<V1ObjectMeta> value)
    {
        Defaults.Apply(value);
        store.Add(kind, value);
    }
}
