using System.Collections.Concurrent;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>
/// Reads the survey the way that was measured to be fastest: tables without objects, one per namespace, eight at a time, while nodes and usage
/// are read beside. Pods are as new as the moment when the first list was answered, or newer; nothing is taken from a cache that may lag.
/// </summary>
internal sealed class SurveyReader(ClusterReader reader, HealthOptions options)
{
    public const int AtOnce = 8;

    // A row with its metadata costs the server about as much as a fifth of a small request.
    private const int ManyNamespaces = 100;
    private const int RowsPerRequest = 5;

    private readonly ClusterSurvey survey = new();

    public async Task<ClusterSurvey> ReadAsync(CancellationToken cancellationToken)
    {
        Task<List<NodeHealth>> nodes = new NodeReader(reader, survey).ReadAsync(cancellationToken);
        try
        {
            if (options.Namespaces.Count == 0)
            {
                await ReadClusterAsync(cancellationToken);
            }
            else
            {
                await ReadNamespacesAsync(options.Namespaces, cancellationToken);
            }
        }
        finally
        {
            // Its failures are notes: it never throws but for cancellation, and is not left running.
            await ((Task)nodes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        survey.Nodes = await nodes;
        return survey;
    }

    private async Task ReadClusterAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<TableRow> namespaces;
        try
        {
            namespaces = await reader.TableAsync("Reading namespaces", "api/v1/namespaces?includeObject=None", ["Name"], cancellationToken);
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.ClusterForbidden)
        {
            survey.Notes.Enqueue($"Only the namespace {reader.Connection.Namespace} was read: listing namespaces is forbidden to this account.");
            await ReadNamespacesAsync([reader.Connection.Namespace], cancellationToken);
            return;
        }

        string[] names = [.. namespaces.Select(row => row.Cells[0])];
        IReadOnlyList<string> readable = names;
        if (names.Length > ManyNamespaces && await IsCheaperWholeAsync("pods", "api/v1/pods", names.Length, cancellationToken))
        {
            survey.Pods.AddRange((await WholeAsync("pods", "api/v1/pods", PodRow.Columns, cancellationToken)).Select(row => PodRow.From(row, "")));
        }
        else
        {
            readable = await ReadPodsAsync(names, cancellationToken);
        }

        await Optional.ReadAsync(survey.Notes, async () =>
        {
            const string All = "apis/apps/v1/deployments";
            if (readable.Count == names.Length && names.Length > 1 && await IsCheaperWholeAsync("deployments", All, names.Length, cancellationToken))
            {
                survey.Deployments.AddRange((await WholeAsync("deployments", All, DeploymentRow.Columns, cancellationToken)).Select(row => DeploymentRow.From(row, "")));
            }
            else
            {
                await ReadDeploymentsAsync(readable, cancellationToken);
            }
        });
    }

    private async Task ReadNamespacesAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        await ReadDeploymentsAsync(await ReadPodsAsync(names, cancellationToken), cancellationToken);
        await EnsureExistAsync(names, cancellationToken);
    }

    /// <summary>Many namespaces with few rows: one list of rows that carry their namespace.</summary>
    private async Task<bool> IsCheaperWholeAsync(string kind, string path, int namespaces, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.CountAsync($"Counting {kind}", Selected(path), cancellationToken) < (long)namespaces * RowsPerRequest;
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.ClusterForbidden)
        {
            // An account may be allowed every namespace one by one.
            return false;
        }
    }

    private Task<IReadOnlyList<TableRow>> WholeAsync(string kind, string path, string[] columns, CancellationToken cancellationToken) =>
        reader.TableAsync($"Reading {kind}", Selected($"{path}?includeObject=Metadata"), columns, cancellationToken);

    /// <summary>Returns the namespaces that could be read; the failure where there is none.</summary>
    private async Task<IReadOnlyList<string>> ReadPodsAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var failures = new ConcurrentDictionary<string, IncidentException>(StringComparer.Ordinal);
        var pods = new ConcurrentQueue<PodRow>();
        async ValueTask ReadAsync(string name, CancellationToken token)
        {
            try
            {
                (IReadOnlyList<TableRow> rows, string? version) = await reader.Pods.ReadAsync(
                    Selected($"api/v1/namespaces/{name}/pods?includeObject=None"),
                    path => reader.VersionedTableAsync($"Reading pods of {name}", path, PodRow.Columns, token));
                reader.Pods.Learn(version);
                foreach (TableRow row in rows)
                {
                    pods.Enqueue(PodRow.From(row, name));
                }
            }
            catch (IncidentException failure) when (failure.Kind == FailureKind.ClusterForbidden)
            {
                failures[name] = failure;
            }
        }

        if (names.Count == 0)
        {
            return names;
        }

        await ReadAsync(names[0], cancellationToken);
        await Parallel.ForEachAsync(names.Skip(1), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, ReadAsync);
        if (failures.Count == names.Count)
        {
            throw failures[names[0]];
        }

        foreach (IncidentException failure in failures.Values)
        {
            survey.Notes.Enqueue(failure.Message);
        }

        survey.Pods.AddRange(pods.OrderBy(pod => pod.Namespace, StringComparer.Ordinal).ThenBy(pod => pod.Name, StringComparer.Ordinal));
        return [.. names.Where(name => !failures.ContainsKey(name))];
    }

    private async Task ReadDeploymentsAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var deployments = new ConcurrentQueue<DeploymentRow>();
        await Parallel.ForEachAsync(
            names,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (name, token) => await Optional.ReadAsync(survey.Notes, async () =>
            {
                foreach (TableRow row in await reader.TableAsync(
                    $"Reading deployments of {name}", Selected($"apis/apps/v1/namespaces/{name}/deployments?includeObject=None"), DeploymentRow.Columns, token))
                {
                    deployments.Enqueue(DeploymentRow.From(row, name));
                }
            }));
        survey.Deployments.AddRange(deployments.OrderBy(one => one.Namespace, StringComparer.Ordinal).ThenBy(one => one.Name, StringComparer.Ordinal));
    }

    /// <summary>A list of nothing and a namespace that does not exist look the same.</summary>
    private async Task EnsureExistAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        foreach (string name in names.Where(name => survey.Pods.TrueForAll(pod => pod.Namespace != name) && survey.Deployments.TrueForAll(one => one.Namespace != name)))
        {
            try
            {
                await reader.TableAsync($"Reading namespace {name}", $"api/v1/namespaces/{name}?includeObject=None", ["Name"], cancellationToken);
            }
            catch (IncidentException failure) when (failure.Kind == FailureKind.ClusterForbidden)
            {
                survey.Notes.Enqueue($"There is nothing in {name}; whether it exists is not known: reading the namespace is forbidden to this account.");
            }
        }
    }

    private string Selected(string path) => options.Selector is { } selector ? ClusterReader.Query(path, $"labelSelector={Uri.EscapeDataString(selector)}") : path;
}
