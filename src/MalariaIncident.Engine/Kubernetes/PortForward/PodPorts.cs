using System.Text.Json;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.PortForward;

/// <summary>Ports of pods over the cluster's API, as <c>kubectl port-forward</c> has them.</summary>
internal sealed class PodPorts(Lazy<ClusterConnections> connections) : IPodPorts
{
    public async Task<FoundPods> FindAsync(ResolvedScope scope, PodTarget target, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var connection = await connections.Value.OpenAsync(scope, cancellationToken);
        var home = $"api/v1/namespaces/{connection.Namespace}";
        IReadOnlyList<JsonObject> pods = target.Kind switch
        {
            null => await PodsAsync(Uri.EscapeDataString(target.Name)),
            "pod" => [await GetAsync($"{home}/pods/{Name()}")],
            "service" => await PodsAsync(OfService(await GetAsync($"{home}/services/{Name()}"))),
            var kind => await PodsAsync(DeploymentReader.Selector((await GetAsync($"apis/apps/v1/namespaces/{connection.Namespace}/{kind}s/{Name()}")).At("spec", "selector"))),
        };
        return pods.Count > 0
            ? new(connection.Namespace, [.. pods.Select(pod => new FoundPod(pod.Text("metadata", "name") ?? "", Trouble(pod))).OrderBy(pod => pod.Name, StringComparer.Ordinal)])
            : throw new IncidentException(FailureKind.ResourceNotFound, $"There are no pods of {target} in namespace {connection.Namespace}.", target.Name);

        string Name() => KubernetesName.Validate(target.Name, target.Kind!);

        string OfService(JsonObject service) => service.Map("spec", "selector") is { Count: > 0 } selector
            ? Uri.EscapeDataString(string.Join(',', selector.Select(pair => $"{pair.Key}={pair.Value}")))
            : throw new IncidentException(FailureKind.ResourceNotFound, $"{target} in namespace {connection.Namespace} selects no pods.", target.Name);

        async Task<IReadOnlyList<JsonObject>> PodsAsync(string selector) => [.. (await GetAsync($"{home}/pods?labelSelector={selector}")).Items("items")];

        Task<JsonObject> GetAsync(string path) => connection.GetAsync(
            $"Looking for {target} in namespace {connection.Namespace}", timeout, path, "application/json",
            body => JsonNode.Parse(body) as JsonObject ?? throw new JsonException(), cancellationToken);
    }

    public async Task<Stream> ConnectAsync(ResolvedScope scope, string pod, int port, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var connection = await connections.Value.OpenAsync(scope, cancellationToken);
        try
        {
            return await connection.ForwardAsync($"Forwarding port {port} of pod {pod} in namespace {connection.Namespace}", timeout, pod, port, cancellationToken);
        }
        catch (IncidentException refused) when (refused.Kind == FailureKind.ClusterForbidden)
        {
            throw new IncidentException(
                FailureKind.ClusterForbidden, refused.Message, refused.Subject, refused,
                $"Ask for the verbs get and create on pods/portforward in namespace {connection.Namespace}, or name a server that can be reached directly.");
        }
    }

    /// <summary>A pod that is not ready is still worth asking: a database in trouble seldom is.</summary>
    private static string? Trouble(JsonObject pod)
    {
        if (pod.Text("metadata", "deletionTimestamp") is not null)
        {
            return "is being deleted";
        }

        return pod.Text("status", "phase") is "Running" ? null : $"is {PlainText.OneLine(pod.Text("status", "phase") ?? "without a phase", 40)}";
    }
}
