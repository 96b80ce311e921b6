using System.Text.Json.Nodes;
using MalariaIncident.Engine.Incidents;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>
/// What of a watch is worth an incident's record: the first look; what is wrong that was not wrong before; the end of everything critical, once it has lasted; a cluster that
/// cannot be read, and one that can be again. A crash loop that runs for a few seconds between its crashes is one story, told once.
/// </summary>
internal sealed class HealthMemo(IJournal journal)
{
    private const int LooksThatLast = 2;

    private readonly HashSet<(string Kind, string? Namespace, string Whose, string Reason)> told = [];
    private bool? healthy;
    private bool readable = true;
    private int healthyLooks;

    public async Task RememberAsync(ClusterHealth health, CancellationToken cancellationToken)
    {
        if (health.Failure is { } failure)
        {
            if (readable)
            {
                readable = false;
                await journal.AppendEvidenceAsync(
                    health.Incident,
                    $"Cluster {health.Context} cannot be read since {health.Time.UtcDateTime:HH:mm:ss} UTC: {failure}",
                    new JsonObject { ["check"] = "cluster", ["context"] = health.Context, ["healthy"] = false, ["failure"] = failure },
                    cancellationToken);
            }

            return;
        }

        bool isBack = !readable;
        readable = true;
        healthyLooks = health.Healthy ? healthyLooks + 1 : 0;
        bool isWell = healthyLooks >= LooksThatLast || (health.Healthy && healthy is null);
        bool turned = healthy is null || (healthy.Value ? !health.Healthy : isWell);
        bool isNew = false;
        foreach (HealthFinding finding in health.Findings.Where(finding => finding.Severity != FindingSeverity.Information))
        {
            isNew |= told.Add((finding.ObjectKind, finding.Namespace, finding.Deployment ?? finding.Name, finding.Reason));
        }

        if (turned)
        {
            healthy = health.Healthy;
        }

        if (turned || isNew || isBack)
        {
            await journal.AppendEvidenceAsync(health.Incident, HealthEvidence.Text(health), HealthEvidence.Data(health), cancellationToken);
        }
    }
}
