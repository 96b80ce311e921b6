namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// Whether sending is cheaper than compressing. A server spends more than twice the time on a large list when it compresses it, and one in trouble has none to give;
/// over a slow line the time on the way is what counts. Told by how long connecting took; far until that is known.
/// </summary>
internal sealed class ServerDistance(bool isThisMachine)
{
    /// <summary>Within one data centre it is a millisecond; through a VPN from home it is tens.</summary>
    private static readonly TimeSpan Near = TimeSpan.FromMilliseconds(5);

    private volatile bool near;

    public bool IsNear => isThisMachine || near;

    public void Connected(TimeSpan roundTrip) => near = roundTrip < Near;
}
