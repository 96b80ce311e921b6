using System.Net;
using System.Net.Sockets;
using MalariaIncident.Engine.Environments;

namespace Engine.Tests.Postgres;

/// <summary>One pod whose port is a port of this machine.</summary>
internal sealed class DirectPods(int port) : IPodPorts
{
    public Task<FoundPods> FindAsync(ResolvedScope scope, PodTarget target, TimeSpan timeout, CancellationToken cancellationToken) =>
        Task.FromResult(new FoundPods("malaria", [new FoundPod("postgres-0", null)]));

    public async Task<Stream> ConnectAsync(ResolvedScope scope, string pod, int inside, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
