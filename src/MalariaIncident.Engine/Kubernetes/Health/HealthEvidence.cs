using System.Text.Json.Nodes;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>A look at a cluster, in the short form that an incident's record keeps.</summary>
internal static class HealthEvidence
{
    private const int JournalledFindings = 20;

    public static string Text(ClusterHealth health)
    {
        int critical = health.Findings.Count(finding => finding.Severity == FindingSeverity.Critical);
        string worst = health.Findings.Count == 0 ? "nothing is wrong" : $"{health.Findings[0].ObjectKind} {health.Findings[0].Name}: {health.Findings[0].Reason}";
        string rest = health.Findings.Count > 1 ? $" (and {Amount.Of(health.Findings.Count - 1, "more finding")})" : "";
        return $"Cluster {health.Context}: {health.ReadyPods} of {Amount.Of(health.Pods, "pod")} and {health.ReadyNodes} of {Amount.Of(health.Nodes, "node")} ready, {critical} critical; {worst}{rest}";
    }

    // Without evidence lines: a log may hold what does not belong into a record.
    public static JsonObject Data(ClusterHealth health) => new()
    {
        ["check"] = "cluster",
        ["context"] = health.Context,
        ["pods"] = health.Pods,
        ["readyPods"] = health.ReadyPods,
        ["nodes"] = health.Nodes,
        ["readyNodes"] = health.ReadyNodes,
        ["healthy"] = health.Healthy,
        ["findings"] = new JsonArray([.. health.Findings.Take(JournalledFindings).Select(finding => (JsonNode)new JsonObject
        {
            ["severity"] = finding.Severity.ToString(),
            ["kind"] = finding.ObjectKind,
            ["namespace"] = finding.Namespace,
            ["name"] = finding.Name,
            ["deployment"] = finding.Deployment,
            ["reason"] = finding.Reason,
            ["message"] = finding.Message,
        })]),
    };
}
