namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>
/// How new an answer about pods must be within one look: the first list is asked for at its newest version, all others at that version or a later one. A server
/// answers that from its cache, where the newest version costs it a question to etcd every time.
/// </summary>
internal sealed class PodVersion(ClusterConnection connection)
{
    private string? known;

    /// <summary>Called with the first list's.</summary>
    public void Learn(string? version) => known ??= version is "" or "0" ? null : version;

    /// <summary>Reads at the known version or later; at the newest where none is known, or the server's cache does not keep up.</summary>
    public async Task<T> ReadAsync<T>(string path, Func<string, Task<T>> read)
    {
        if (known is null || connection.CacheLags)
        {
            return await read(path);
        }

        try
        {
            return await read(ClusterReader.Query(path, $"resourceVersion={known}"));
        }
        catch (IncidentException failure) when (failure.InnerException is ClusterAnswerException { IsCacheBehind: true })
        {
            // Servers before 1.31, or with an old etcd, hear of a version only when a pod changes: they wait three seconds, and give up.
            connection.CacheLags = true;
            return await read(path);
        }
    }
}
