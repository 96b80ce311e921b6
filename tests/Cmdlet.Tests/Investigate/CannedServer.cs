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
                await AnswerAsync(context, answer(context.Request.RawUrl ?? ""));
            }
        }
        catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task AnswerAsync(HttpListenerContext context, (int Status, string Body) answer)
    {
        try
        {
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer.Body));
            context.Response.Close();
        }
        catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException)
        {
            // This client has left; the next one is served.
        }
    }
}
