using System.Net;
using System.Text;
using Cmdlet.Tests.Harness;

namespace Cmdlet.Tests.Investigate;

/// <summary>A web API of canned answers by the beginning of their path.</summary>
internal sealed class CannedServer : IDisposable
{
    private readonly HttpListener _listener = new();

    public CannedServer(Func<string, (int Status, string Body)> answer)
    {
        Address = $"http://127.0.0.1:{FreePort.Take()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = Task.Run(() => ServeAsync(answer));
    }

    public string Address { get; }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync(Func<string, (int Status, string Body)> answer)
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                var (status, body) = answer(context.Request.RawUrl ?? "");
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/json";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
                context.Response.Close();
            }
        }
        catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
