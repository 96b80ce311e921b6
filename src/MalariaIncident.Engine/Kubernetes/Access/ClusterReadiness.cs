using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Readiness;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Access;

/// <summary>Does the cluster answer, and will it let the commands do what they do?</summary>
internal sealed class ClusterReadiness(IClusterConnections connections, PastMitigations past, TimeProvider time) : IReadinessContributor
{
    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(ReadinessInquiry inquiry, CancellationToken cancellationToken)
    {
        if (!inquiry.Wants(ReadinessArea.Cluster) && !inquiry.Wants(ReadinessArea.Permissions) && !inquiry.Wants(ReadinessArea.Workload))
        {
            return [];
        }

        ClusterConnection? connection = null;
        var server = inquiry.Ask(ReadinessArea.Cluster, "API server");
        var reached = await server.AskAsync(
            async token =>
            {
                connection = await connections.OpenAsync(inquiry.Scope, token);
                return await ReachAsync(server, connection, inquiry.Scope, token);
            },
            cancellationToken);
        if (connection is null || reached.Status is ReadinessStatus.NotReady or ReadinessStatus.NotChecked)
        {
            // Who cannot be reached is not ready, even where nothing else is known.
            var unreached = reached.Status == ReadinessStatus.NotChecked ? server.NotReady(reached.Detail, reached.Advice) : reached;
            return [unreached, Unasked(inquiry, ReadinessArea.Permissions), Unasked(inquiry, ReadinessArea.Workload)];
        }

        var parts = await Task.WhenAll(
            UsageAsync(inquiry, connection, cancellationToken),
            new PermissionReadiness(inquiry, connection).CheckAsync(cancellationToken),
            new WorkloadReadiness(inquiry, connection, past, time).CheckAsync(cancellationToken),
            new ServiceReadiness(inquiry, connection).CheckAsync(cancellationToken));
        return [reached, .. parts.SelectMany(part => part)];
    }

    private static ReadinessCheck Unasked(ReadinessInquiry inquiry, ReadinessArea area) => inquiry.Ask(area, area.ToString()).NotChecked("The cluster could not be asked: see API server.");

    private static async Task<ReadinessCheck> ReachAsync(ReadinessQuestion question, ClusterConnection connection, ResolvedScope scope, CancellationToken cancellationToken)
    {
        var version = await new ClusterObjects(connection, scope.Timeout).GetAsync("Asking the API server", "version", cancellationToken);
        var answered = $"Context {connection.Context}: {connection.Server.Authority} answers, version {PlainText.OneLine(version.Text("gitVersion") ?? "unknown", 60)}";
        return connection.Notes.Count == 0
            ? question.Ready($"{answered}.")
            : question.Warning($"{answered}. {string.Join(" ", connection.Notes)}", "Name the cluster's certificate authority in the kubeconfig.");
    }

    private static async Task<IReadOnlyList<ReadinessCheck>> UsageAsync(ReadinessInquiry inquiry, ClusterConnection connection, CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Cluster, "Usage of nodes", "Get-ClusterHealth");
        return [await question.AskAsync(
            async token =>
            {
                var nodes = await new ClusterObjects(connection, inquiry.Scope.Timeout).ListAsync("Reading usage", "apis/metrics.k8s.io/v1beta1/nodes", "nodes", token);
                return nodes.Count > 0
                    ? question.Ready($"The metrics API knows {Amount.Of(nodes.Count, "node")}.")
                    : question.Warning("The metrics API knows no node yet.", "Look at metrics-server: Get-ClusterHealth goes on without usage.");
            },
            cancellationToken,
            failure => failure.Kind switch
            {
                FailureKind.ResourceNotFound or FailureKind.ClusterRefused => question.Warning(
                    "There is no metrics API, or it does not answer: Get-ClusterHealth shows no usage.", "Have metrics-server installed or repaired."),
                _ => ClusterJudgement.NotChecked(question, failure),
            })];
    }
}
