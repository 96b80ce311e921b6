namespace MalariaIncident.Engine.Environments;

/// <summary>Ports of pods, reached through the cluster's API; implemented by the adapter for the cluster.</summary>
internal interface IPodPorts
{
    /// <summary>The pods that are meant, by name; at least one. ResourceNotFound where there is none, and the failures of the cluster.</summary>
    Task<FoundPods> FindAsync(ResolvedScope scope, PodTarget target, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>
    /// A stream of bytes to a port of a pod, as long as it is not disposed of. ClusterForbidden names the verb and the resource that are missing. What goes wrong
    /// later is an IOException that says why.
    /// </summary>
    Task<Stream> ConnectAsync(ResolvedScope scope, string pod, int port, TimeSpan timeout, CancellationToken cancellationToken);
}

/// <summary>Pods of one namespace.</summary>
internal sealed record FoundPods(string Namespace, IReadOnlyList<FoundPod> Pods);

/// <param name="Name">Name.</param>
/// <param name="Trouble">Why nothing can be reached in it: <c>is Pending</c>; null where it runs, ready or not.</param>
internal sealed record FoundPod(string Name, string? Trouble);
