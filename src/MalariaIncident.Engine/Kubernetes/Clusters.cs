using System.Runtime.CompilerServices;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Kubernetes.Health;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Text;

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
    private readonly ConditionalWeakTable<object, DetailMemory> memories = [];
    private static readonly TimeSpan CompletionPatience = TimeSpan.FromSeconds(1);

    public async Task<ClusterHealth> GetHealthAsync(Scope scope, HealthOptions options, CancellationToken cancellationToken)
    {
        ClusterHealth health = await LookAsync(scope, options, cancellationToken);
        await journal.AppendEvidenceAsync(health.Incident, HealthEvidence.Text(health), HealthEvidence.Data(health), cancellationToken);
        return health;
    }

    public IAsyncEnumerable<ClusterHealth> WatchHealthAsync(Scope scope, HealthOptions options, TimeSpan interval, CancellationToken cancellationToken) =>
        new HealthWatch(token => LookAsync(scope, options, token), new HealthMemo(journal), interval, time).ReadAsync(cancellationToken);

    private async Task<ClusterHealth> LookAsync(Scope scope, HealthOptions options, CancellationToken cancellationToken)
    {
        Validate(options);
        ResolvedScope resolved = await scopes.ResolveAsync(scope, cancellationToken);
        ClusterConnection connection = await connections.OpenAsync(resolved, cancellationToken);
        return await new HealthReader(time, memories.GetOrCreateValue(connection.Identity)).ReadAsync(connection, resolved, options, cancellationToken);
    }

    public async IAsyncEnumerable<RolloutRevision> GetRolloutHistoryAsync(Scope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<RolloutRevision> revisions = await PeekRolloutHistoryAsync(scope, cancellationToken).ToListAsync(cancellationToken);
        await journal.AppendEvidenceAsync(revisions[0].Incident, HistoryEvidence.Text(revisions), HistoryEvidence.Data(revisions), cancellationToken);
        foreach (RolloutRevision revision in revisions)
        {
            yield return revision;
        }
    }

    public async IAsyncEnumerable<RolloutRevision> PeekRolloutHistoryAsync(Scope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
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
        foreach (string name in options.Namespaces.Where(name => !Wildcard.IsPattern(name)))
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
}
