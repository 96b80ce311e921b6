using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MalariaIncident.Sandbox.Databases;

/// <summary>
/// A loopback port that nobody listened on a moment ago. It is drawn from below the range that kernels give out by themselves (from 32768 on Linux, from 49152
/// elsewhere): no connection and no other server of this machine comes by it before ours does. Nor does another sandbox that draws here: a UDP socket of the same number, which
/// is in nobody's way, marks it as given as long as this process lives.
/// </summary>
internal static class FreePort
{
    private const int First = 15_000;
    private const int End = 32_000;
    private static readonly ConcurrentBag<Socket> Given = [];

    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            var mark = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                mark.Bind(new IPEndPoint(IPAddress.Loopback, port));
                listener.Start();
                Given.Add(mark);
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
                mark.Dispose();
            }
        }
    }
}
