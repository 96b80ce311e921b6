using System.Text.Json.Nodes;
using MalariaIncident.Engine.Dependencies;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>Finds a pod of the application that something can be run in.</summary>
internal sealed class PodProbes(Lazy<ClusterConnections> connections) : IPodProbes
{
    public async Task<IPodProbe> OpenAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        ReadOnlyMode.Guard("Running a probe in a pod of the application");
        var name = scope.Deployment ?? throw new IncidentException(
            FailureKind.SettingMissing, "no deployment is named in whose pods to ask.", advice: "Name it with -Deployment, or set it in the environment file.");
        var connection = await connections.Value.OpenAsync(scope, cancellationToken);
        var reader = new DeploymentReader(connection, name, scope.Timeout);
        var deployment = await reader.DeploymentAsync(cancellationToken);
        var container = ContainerChoice.Of(reader, deployment, scope.Container, needed: true)!;
        var pods = await reader.PodsAsync(deployment, cancellationToken);
        // One that is ready is the application as its users meet it; one that only runs is better than none.
        var chosen = pods
            .Where(pod => pod.Text("metadata", "deletionTimestamp") is null && Runs(pod, container))
            .OrderByDescending(pod => pod.Condition("Ready").Text("status") == "True")
            .ThenBy(pod => pod.Text("metadata", "name"), StringComparer.Ordinal)
            .FirstOrDefault();
        return chosen?.Text("metadata", "name") is { } pod
            ? new PodProbe(connection, pod, container, scope.Timeout)
            : throw new IncidentException(
                FailureKind.ResourceNotFound,
                $"the application itself is down: of {Amount.Of(pods.Count, "pod")} of {reader.Place} none has its container '{container}' running, so there is nothing to ask from.",
                name,
                advice: "Get-ClusterHealth says why.");
    }

    private static bool Runs(JsonObject pod, string container) => pod.Items("status", "containerStatuses")
        .Any(status => status.Text("name") == container && status.At("state", "running") is not null);
}
