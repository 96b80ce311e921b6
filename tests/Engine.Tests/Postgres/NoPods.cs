using MalariaIncident.Engine.Environments;

namespace Engine.Tests.Postgres;

/// <summary>A machine without a cluster.</summary>
internal sealed class NoPods : IPodPorts
{
    public Task<FoundPods> FindAsync(ResolvedScope scope, PodTarget target, TimeSpan timeout, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Stream> ConnectAsync(ResolvedScope scope, string pod, int port, TimeSpan timeout, CancellationToken cancellationToken) => throw new NotSupportedException();
}
