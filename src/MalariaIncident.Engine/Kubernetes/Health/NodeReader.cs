namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Nodes and what they use. Everything here is optional: an account for one namespace may read neither.</summary>
internal sealed class NodeReader(ClusterReader reader, ClusterSurvey survey)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<List<NodeHealth>> ReadAsync(CancellationToken cancellationToken)
    {
        Task<Dictionary<string, NodeMetrics>> usage = UsageAsync(cancellationToken);
        var nodes = new List<NodeHealth>();
        await Optional.ReadAsync(survey.Notes, async () =>
        {
            foreach (TableRow row in await reader.TableAsync("Reading nodes", "api/v1/nodes?includeObject=None", ["Name", "Status"], cancellationToken))
            {
                string status = row.Cells[1];
                nodes.Add(new NodeHealth { Name = row.Cells[0], Status = status, Ready = status.Split(',')[0] == "Ready" });
            }
        });
        Dictionary<string, NodeMetrics> used = await usage;
        return
        [
            .. nodes
                .Select(node => used.TryGetValue(node.Name, out NodeMetrics? metrics) ? WithUsage(node, metrics) : node)
                .OrderBy(node => node.Ready)
                .ThenBy(node => node.Name, StringComparer.Ordinal),
        ];
    }

    private static NodeHealth WithUsage(NodeHealth node, NodeMetrics metrics) => node with
    {
        CpuCores = KubernetesQuantity.Parse(metrics.Usage.GetValueOrDefault("cpu")),
        MemoryBytes = (long?)KubernetesQuantity.Parse(metrics.Usage.GetValueOrDefault("memory")),
    };

    private async Task<Dictionary<string, NodeMetrics>> UsageAsync(CancellationToken cancellationToken)
    {
        var used = new Dictionary<string, NodeMetrics>(StringComparer.Ordinal);
        try
        {
            NodeMetricsList list = await reader.Within(Patience).ObjectAsync(
                "Reading usage", "apis/metrics.k8s.io/v1beta1/nodes", "NodeMetricsList", ModelContext.Default.NodeMetricsList, cancellationToken, once: true);
            foreach (NodeMetrics metrics in list.Items ?? [])
            {
                used[metrics.Metadata.Name] = metrics;
            }

            survey.HasMetrics = true;
        }
        catch (IncidentException failure) when (failure.Kind is FailureKind.ResourceNotFound or FailureKind.ClusterRefused)
        {
            survey.Notes.Enqueue("There is no usage: the cluster has no metrics server, or it does not answer.");
        }
        catch (IncidentException failure)
        {
            survey.Notes.Enqueue($"There is no usage. {failure.Message}");
        }

        return used;
    }
}
