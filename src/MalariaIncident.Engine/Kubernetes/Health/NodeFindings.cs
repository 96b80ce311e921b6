using System.Collections.Concurrent;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>
/// Nodes that are not ready or under pressure. Pressure shows in no table: few nodes are read whole, of many only those that are not ready
/// or that put pods off.
/// </summary>
internal sealed class NodeFindings(ClusterReader reader, ResolvedScope scope, ClusterSurvey survey)
{
    private const int FewNodes = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public async Task<List<HealthFinding>> ReadAsync(CancellationToken cancellationToken)
    {
        var models = new ConcurrentDictionary<string, NodeModel>(StringComparer.Ordinal);
        if (survey.Nodes.Count is > 0 and <= FewNodes)
        {
            await Optional.ReadAsync(survey.Notes, async () =>
            {
                NodeList list = await reader.Within(Patience).ObjectAsync("Reading nodes", "api/v1/nodes", "NodeList", ModelContext.Default.NodeList, cancellationToken);
                foreach (NodeModel node in list.Items ?? [])
                {
                    models[node.Metadata.Name] = node;
                }
            });
        }
        else if (survey.Nodes.Count > 0)
        {
            await ReadSuspectsAsync(models, cancellationToken);
        }

        return [.. survey.Nodes.SelectMany(node => Describe(node, models.GetValueOrDefault(node.Name)))];
    }

    private async Task ReadSuspectsAsync(ConcurrentDictionary<string, NodeModel> models, CancellationToken cancellationToken)
    {
        HashSet<string?> putOff = [.. survey.Pods.Where(pod => pod.Status == "Evicted").Select(pod => pod.Node)];
        string[] suspects = [.. survey.Nodes.Where(node => !node.Ready || putOff.Contains(node.Name)).Select(node => node.Name).Take(FewNodes)];
        survey.Notes.Enqueue($"Pressure was looked for on {suspects.Length} of {Amount.Of(survey.Nodes.Count, "node")}: those that are not ready or put pods off.");
        await Parallel.ForEachAsync(
            suspects,
            new ParallelOptions { MaxDegreeOfParallelism = SurveyReader.AtOnce, CancellationToken = cancellationToken },
            async (name, token) => await Optional.ReadAsync(
                survey.Notes,
                async () => models[name] = await reader.Within(Patience).ObjectAsync($"Reading node {name}", $"api/v1/nodes/{name}", "Node", ModelContext.Default.NodeModel, token)));
    }

    private IEnumerable<HealthFinding> Describe(NodeHealth node, NodeModel? model)
    {
        List<Condition> conditions = model?.Status.Conditions ?? [];
        string pods = survey.Pods.Count(pod => pod.Node == node.Name) is > 0 and int count ? $" {Amount.Are(count, "pod")} on it." : "";
        if (!node.Ready)
        {
            Condition? ready = conditions.Find(one => one.Type == "Ready");
            yield return Finding(FindingSeverity.Critical, node.Name, "NotReady", $"{(ready?.Message ?? $"Its status is {node.Status}").TrimEnd('.')}.{pods}", ready);
        }
        else if (node.Status.Contains("SchedulingDisabled", StringComparison.Ordinal))
        {
            yield return Finding(FindingSeverity.Information, node.Name, "SchedulingDisabled", $"It takes no new pods (cordoned).{pods}", null);
        }

        foreach (Condition pressure in conditions.Where(one => one is { Type: "MemoryPressure" or "DiskPressure" or "PIDPressure" or "NetworkUnavailable", Status: "True" }))
        {
            yield return Finding(FindingSeverity.Warning, node.Name, pressure.Type, $"{(pressure.Message ?? pressure.Type).TrimEnd('.')}.{pods}", pressure);
        }
    }

    private HealthFinding Finding(FindingSeverity severity, string name, string reason, string message, Condition? condition) => new()
    {
        Incident = scope.Incident,
        Environment = scope.EnvironmentName,
        Severity = severity,
        ObjectKind = "Node",
        Name = name,
        Reason = reason,
        Message = PlainText.OneLine(message, 400),
        Evidence = condition?.LastTransitionTime is { } since ? [$"since {since.ToUniversalTime():u}: {PlainText.OneLine(condition.Reason, 100)}"] : [],
    };
}
