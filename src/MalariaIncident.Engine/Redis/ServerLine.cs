using System.Net;
using System.Net.Sockets;

namespace MalariaIncident.Engine.Redis;

/// <summary>How servers are named to people.</summary>
internal static class ServerLine
{
    /// <summary><c>host:port</c>, without anything secret.</summary>
    public static string Of(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint name => $"{name.Host}:{name.Port}",
        IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } address => $"[{address.Address}]:{address.Port}",
        IPEndPoint address => $"{address.Address}:{address.Port}",
        _ => endPoint.ToString() ?? "?",
    };
}
