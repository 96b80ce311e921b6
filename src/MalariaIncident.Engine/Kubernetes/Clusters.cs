using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Kubernetes.Health;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>Reading clusters.</summary>
/// <param name="scopes">Fills in what was not typed.</param>
/// <param name="journal">Takes evidence.</param>
/// <param name="connections">The way to clusters.</param>
/// <param name="past">Earlier mitigations, for the history of rollouts.</param>
/// <param name="time">UTC.</param>
internal sealed class Clusters(IScopeResolver scopes, IJournal journal, ClusterConnections connections, PastMitigations past, TimeProvider time) : IClusters
{
    private const int LongestSelector = 1000;
    private const int MostLogLines = 500;
    private const int MostDetails = 1000;
    private const int JournalledFindings = 20;
    private readonly ConditionalWeakTable<object, DetailMemory> memories = [];
    private static readonly TimeSpan CompletionPatience = TimeSpan.FromSeconds(1);

    public async Task<ClusterHealth> GetHealthAsync(Scope scope, HealthOptions options, CancellationToken cancellationToken)
    {
        Validate(options);
        ResolvedScope resolved = await scopes.ResolveAsync(scope, cancellationToken);
        ClusterConnection connection = await connections.OpenAsync(resolved, cancellationToken);
        ClusterHealth health = await new HealthReader(time, memories.GetOrCreateValue(connection.Identity)).ReadAsync(connection, resolved, options, cancellationToken);
        await journal.AppendEvidenceAsync(health.Incident, Summary(health), Evidence(health), cancellationToken);
        return health;
    }

    public async IAsyncEnumerable<RolloutRevision> GetRolloutHistoryAsync(Scope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ResolvedScope resolved = await scopes.ResolveAsync(scope, cancellationToken);
        await foreach (RolloutRevision revision in new RolloutHistory(connections, past, time).ReadAsync(resolved, cancellationToken))
        {
            yield return revision;
        }
    }

    public IReadOnlyList<string> GetContextNames(string? kubeConfig)
    {
        using var deadline = new CancellationTokenSource(CompletionPatience, time);
        try
        {
            // Where none is typed, the default environment's is the one that the command would use.
            string? file = kubeConfig ?? scopes.ResolveAsync(new Scope(), deadline.Token).GetAwaiter().GetResult().KubeConfig;
            return KubeConfigReader.ReadContextNames(KubeConfigFiles.Find(file));
        }
        catch (Exception failure) when (failure is IncidentException or OperationCanceledException)
        {
            return [];
        }
    }

    public async Task<IReadOnlyList<string>> GetNamesAsync(Scope scope, NameKind kind, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(CompletionPatience);
        try
        {
            ResolvedScope resolved = await scopes.ResolveAsync(scope, deadline.Token);
            if (await connections.OpenQuietlyAsync(resolved, deadline.Token) is not { } connection)
            {
                return [];
            }

            string path = kind switch
            {
                NameKind.Namespace => "api/v1/namespaces",
                NameKind.Service => $"api/v1/namespaces/{connection.Namespace}/services",
                NameKind.Pod => $"api/v1/namespaces/{connection.Namespace}/pods",
                _ => $"apis/apps/v1/namespaces/{connection.Namespace}/deployments",
            };
            string[] columns = kind == NameKind.Container ? ["Name", "Containers"] : ["Name"];
            IReadOnlyList<TableRow> rows = await new ClusterReader(connection, CompletionPatience)
                .TableAsync("Reading names", $"{path}?includeObject=None", columns, deadline.Token)
                .WaitAsync(deadline.Token);
            return kind == NameKind.Container
                ? [.. rows.Where(row => row.Cells[0] == resolved.Deployment).SelectMany(row => row.Cells[1].Split(',', StringSplitOptions.RemoveEmptyEntries))]
                : [.. rows.Select(row => row.Cells[0]).Order(StringComparer.Ordinal)];
        }
        catch (Exception failure) when (failure is IncidentException or OperationCanceledException)
        {
            return [];
        }
    }

    private static void Validate(HealthOptions options)
    {
        foreach (string name in options.Namespaces)
        {
            KubernetesName.ValidateLabel(name, "namespace");
        }

        string? wrong = options switch
        {
            { Selector: { } selector } when string.IsNullOrWhiteSpace(selector) || selector.Length > LongestSelector || selector.Any(char.IsControl) =>
                "a label selector is a list such as app=api,tier!=batch",
            { RestartWindow: { } window } when window <= TimeSpan.Zero => "the restart window must be longer than nothing",
            { LogLines: < 0 or > MostLogLines } => $"log lines go from 0 to {MostLogLines}",
            { MaximumDetails: < 0 or > MostDetails } => $"details go from 0 to {MostDetails}",
            _ => null,
        };
        if (wrong is not null)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"The cluster cannot be read like this: {wrong}.", options.Selector);
        }
    }

    private static string Summary(ClusterHealth health)
    {
        int critical = health.Findings.Count(finding => finding.Severity == FindingSeverity.Critical);
        string worst = health.Findings.Count == 0 ? "nothing is wrong" : $"{health.Findings[0].ObjectKind} {health.Findings[0].Name}: {health.Findings[0].Reason}";
        string rest = health.Findings.Count > 1 ? $" (and {health.Findings.Count - 1} more findings)" : "";
        return $"Cluster {health.Context}: {health.ReadyPods} of {health.Pods} pods and {health.ReadyNodes} of {health.Nodes} nodes ready, {critical} critical; {worst}{rest}";
    }

    // Without evidence lines: a log may hold what does not belong into a record.
    private static JsonObject Evidence(ClusterHealth health) => new()
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
