using System.Net;
using System.Net.Sockets;

namespace MalariaIncident.Sandbox.Databases;

/// <summary>
/// A loopback port that nobody listened on a moment ago. It is drawn from below the range that kernels give out by themselves (from 32768 on Linux, from 49152
/// elsewhere): no connection and no other server of this machine comes by it before ours does.
/// </summary>
internal static class FreePort
{
    private const int First = 15_000;
    private const int End = 32_000;

    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }
}
