using System.Collections.Concurrent;
using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>Keeps one transport per kubeconfig and context, and makes it anew when the files changed.</summary>
internal sealed class ClusterConnections(TimeProvider time) : IClusterConnections, IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<ClusterTransport>> transports = new(StringComparer.Ordinal);

    public ClusterConnections()
        : this(TimeProvider.System)
    {
    }

    public async Task<ClusterConnection> OpenAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        ClusterTransport transport = Transport(scope);
        // A credential plugin that asks the person at the terminal must not do so on a request's deadline.
        await transport.Context.Credentials.PrepareAsync(cancellationToken);
        return new ClusterConnection(transport, scope.Namespace);
    }

    /// <summary>For completion: null where opening would ask the person at the terminal something.</summary>
    public ValueTask<ClusterConnection?> OpenQuietlyAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ClusterTransport transport = Transport(scope);
        return ValueTask.FromResult(transport.Context.Credentials.MayPrompt ? null : new ClusterConnection(transport, scope.Namespace));
    }

    public void Dispose()
    {
        foreach (Lazy<ClusterTransport> transport in transports.Values.Where(transport => transport.IsValueCreated))
        {
            transport.Value.Dispose();
        }
    }

    private ClusterTransport Transport(ResolvedScope scope)
    {
        KubeConfigFiles files = KubeConfigFiles.Find(scope.KubeConfig);
        string key = $"{files.Stamp}\n{scope.Context}";
        return transports
            .GetOrAdd(key, _ => new Lazy<ClusterTransport>(
                () => new ClusterTransport(KubeConfigReader.Read(files, scope.Context, time), time),
                // A failure is not kept: the missing file may be there the next time.
                LazyThreadSafetyMode.PublicationOnly))
            .Value;
    }
}
