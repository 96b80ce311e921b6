namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Which deployment a pod belongs to, by name, for the thousands of pods that are not read whole.</summary>
internal sealed class DeploymentIndex
{
    private readonly Dictionary<(string Namespace, string Name), DeploymentRow> deployments = [];

    public DeploymentIndex(IEnumerable<DeploymentRow> rows)
    {
        foreach (DeploymentRow row in rows)
        {
            deployments[(row.Namespace, row.Name)] = row;
        }
    }

    /// <summary>A pod of a deployment is called <c>deployment-templatehash-xxxxx</c>; null where no deployment of such a name was read.</summary>
    public DeploymentRow? OfPod(string home, string pod) => OfReplicaSet(home, WithoutLast(pod));

    public DeploymentRow? OfReplicaSet(string home, string? replicaSet) => Find(home, WithoutLast(replicaSet));

    public DeploymentRow? Find(string home, string? name) => name is null ? null : deployments.GetValueOrDefault((home, name));

    private static string? WithoutLast(string? name)
    {
        int dash = name?.LastIndexOf('-') ?? -1;
        return dash > 0 ? name![..dash] : null;
    }
}
