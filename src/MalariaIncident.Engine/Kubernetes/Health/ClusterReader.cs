using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Lists and single objects in the forms that are cheapest to send and to read.</summary>
internal sealed class ClusterReader(ClusterConnection connection, TimeSpan timeout, PodVersion pods)
{
    // A list that moves on this often while it is read is not going to hold still.
    private const int MostRestarts = 3;

    public ClusterReader(ClusterConnection connection, TimeSpan timeout)
        : this(connection, timeout, new PodVersion(connection))
    {
    }

    public ClusterConnection Connection => connection;

    /// <summary>How new what is read of pods must be.</summary>
    public PodVersion Pods => pods;

    /// <summary>The same for what is not worth waiting long for.</summary>
    public ClusterReader Within(TimeSpan patience) => new(connection, patience < timeout ? patience : timeout, pods);

    /// <summary>
    /// Every row of a table. A server that pages is followed; where it has forgotten the list meanwhile (410), reading starts again,
    /// and what was read before is thrown away: a part is never taken for the whole.
    /// </summary>
    public async Task<IReadOnlyList<TableRow>> TableAsync(string what, string path, string[] columns, CancellationToken cancellationToken) =>
        (await VersionedTableAsync(what, path, columns, cancellationToken)).Rows;

    /// <summary>The same, with the state of the cluster that it shows.</summary>
    public async Task<(IReadOnlyList<TableRow> Rows, string? Version)> VersionedTableAsync(string what, string path, string[] columns, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                ClusterTable page = await PageAsync(what, path, columns, null, cancellationToken);
                if (page.Continue is null)
                {
                    return (page.Rows, page.Version);
                }

                string? version = page.Version;
                List<TableRow> rows = [.. page.Rows];
                while (page.Continue is { } token)
                {
                    page = await PageAsync(what, path, columns, token, cancellationToken);
                    rows.AddRange(page.Rows);
                }

                return (rows, version);
            }
            catch (IncidentException failure) when (failure.InnerException is ClusterAnswerException { Code: HttpStatusCode.Gone } && attempt < MostRestarts)
            {
                // From the start.
            }
        }
    }

    /// <summary>How many objects a list has, without reading it; null where the server does not say, as with a selector.</summary>
    public async Task<long?> CountAsync(string what, string path, CancellationToken cancellationToken)
    {
        ClusterTable page = await connection.GetAsync(what, timeout, Query(path, "includeObject=None&limit=1"), ClusterTable.Accept, body => ClusterTable.Read(body), cancellationToken);
        return page.Continue is null ? page.Rows.Count : page.Rows.Count + page.Remaining;
    }

    /// <summary>One object, or a list, into a model that holds only what is looked at.</summary>
    public Task<T> ObjectAsync<T>(string what, string path, string kind, JsonTypeInfo<T> type, CancellationToken cancellationToken, bool once = false)
        where T : KubernetesModel =>
        connection.GetAsync(
            what,
            timeout,
            path,
            "application/json",
            body => Parse(body, kind, type),
            cancellationToken,
            once);

    /// <summary>Text, as logs are.</summary>
    public Task<string> TextAsync(string what, string path, CancellationToken cancellationToken) =>
        connection.GetAsync(what, timeout, path, "*/*", System.Text.Encoding.UTF8.GetString, cancellationToken, once: true);

    public static string Query(string path, string more) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{more}";

    private static T Parse<T>(byte[] body, string kind, JsonTypeInfo<T> type)
        where T : KubernetesModel
    {
        T? found;
        try
        {
            found = JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException failure) when (failure.InnerException is not JsonException)
        {
            // Whole, but not what it should be: asking again would give the same. A body that is cut off fails in the reader itself.
            throw new ClusterNonsenseException($"a {kind} with something unexpected at {failure.Path}");
        }

        return found?.Kind == kind ? found : throw new ClusterNonsenseException($"something other than a {kind}");
    }

    private Task<ClusterTable> PageAsync(string what, string path, string[] columns, string? token, CancellationToken cancellationToken) =>
        connection.GetAsync(
            what,
            timeout,
            token is null ? path : Query(path, $"continue={Uri.EscapeDataString(token)}"),
            ClusterTable.Accept,
            body => ClusterTable.Read(body, columns),
            cancellationToken);
}
