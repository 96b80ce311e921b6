using System.Net;
using System.Net.Sockets;

namespace Benchmarks;

/// <summary>A health address that always answers, for a cluster without the application.</summary>
internal sealed class HealthyService : IDisposable
{
    private readonly HttpListener listener = new();

    public HealthyService()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        Address = $"http://127.0.0.1:{port}/health/liveness";
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        _ = AnswerAsync();
    }

    public string Address { get; }

    public void Dispose() => listener.Close();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await listener.GetContextAsync();
                context.Response.ContentType = "application/json";
                context.Response.Close("""{"status":"healthy"}"""u8.ToArray(), willBlock: false);
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // That is how it ends.
        }
    }
}
