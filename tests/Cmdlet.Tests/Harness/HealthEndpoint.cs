using System.Net;
using System.Text;

namespace Cmdlet.Tests.Harness;

/// <summary>An application's health addresses on loopback, healthy or not as the test says.</summary>
internal sealed class HealthEndpoint : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public HealthEndpoint()
    {
        var port = FreePort.Take();
        Address = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    public int Status { get; set; } = 200;

    public string Body { get; set; } = """{"status":"ok"}""";

    /// <summary>Makes this the production of the process.</summary>
    public void BecomeProduction(TemporaryStore store)
    {
        var path = Path.Combine(store.Folder, "environments.yaml");
        File.WriteAllText(path, $"default: production\nenvironments:\n  production:\n    liveness: {Address}/health/liveness\n    readiness: {Address}/health/readiness\n");
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS", path);
    }

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                await AnswerAsync(await _listener.GetContextAsync());
            }
        }
        catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed by the test.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            context.Response.StatusCode = Status;
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Body));
            context.Response.Close();
        }
        catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException)
        {
            // This client has left; the next one is served.
        }
    }
}
