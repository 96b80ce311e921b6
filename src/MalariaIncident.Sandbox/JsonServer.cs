using System.Text.Json;
using System.Text.Json.Nodes;

namespace MalariaIncident.Sandbox;

/// <summary>A plain HTTP server on loopback that answers every request with a status and an object.</summary>
internal abstract class JsonServer : IAsyncDisposable
{
    private readonly WebApplication _app = LoopbackServer.Create();

    protected JsonServer() => _app.Run(async http =>
    {
        var (status, body) = await AnswerAsync(http);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body), http.RequestAborted);
    });

    public Uri Address { get; private set; } = null!;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        Address = new(LoopbackServer.AddressOf(_app));
    }

    public ValueTask DisposeAsync() => LoopbackServer.StopAsync(_app);

    protected abstract Task<(int Status, JsonObject Body)> AnswerAsync(HttpContext http);
}
