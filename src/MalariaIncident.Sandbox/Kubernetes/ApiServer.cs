using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MalariaIncident.Sandbox.Faults;
using MalariaIncident.Sandbox.Kubernetes.Requests;
using MalariaIncident.Sandbox.Kubernetes.Security;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace MalariaIncident.Sandbox.Kubernetes;

/// <summary>The HTTPS server: who is it, write it down, break it if a fault says so, dispatch it, answer failures as Status.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    /// <summary>A sandbox may run for days; what is on record is bounded.</summary>
    private const int Remembered = 50_000;
    private const int LargestBody = 3 * 1024 * 1024;
    private readonly SandboxAuthority _authority;
    private readonly Dictionary<string, Identity> _tokens;
    private readonly ApiDispatcher _dispatcher;
    private readonly ApiFaults _faults;
    private readonly TimeProvider _clock;
    private readonly WebApplication _app;
    private readonly RequestLog _requests;

    public ApiServer(SandboxAuthority authority, ServerCertificate certificate, Dictionary<string, Identity> tokens, ApiDispatcher dispatcher, ApiFaults faults, RequestLog requests, TimeProvider clock)
    {
        (_authority, _tokens, _dispatcher, _faults, _requests, _clock) = (authority, tokens, dispatcher, faults, requests, clock);
        _app = LoopbackServer.Create(listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = authority.IssueServer(certificate);
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            // A stranger's certificate is let through here and answered with 401, as the real server does.
            https.AllowAnyClientCertificate();
        }));
        _app.UseWebSockets();
        _app.Run(HandleAsync);
    }

    public Uri Address { get; private set; } = null!;

    public IReadOnlyList<RecordedRequest> Requests => _requests.Requests;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        Address = new(LoopbackServer.AddressOf(_app));
    }

    public ValueTask DisposeAsync() => LoopbackServer.StopAsync(_app);

    private async Task HandleAsync(HttpContext http)
    {
        var body = await ReadBodyAsync(http);
        var identity = Identify(http);
        var request = new RecordedRequest(_clock.GetUtcNow(), http.Request.Method, http.Request.Path.Value ?? "/", http.Request.QueryString.Value ?? "",
            Encoding.UTF8.GetString(body), http.Request.ContentType, http.Request.Headers.UserAgent.ToString(), identity?.User);
        _requests.Add(request);
        // Before the client has the first byte: whoever got an answer finds its status on record.
        http.Response.OnStarting(() =>
        {
            request.StatusCode = http.Response.StatusCode;
            return Task.CompletedTask;
        });
        var call = new ApiCall(http, identity ?? new("system:anonymous", ["system:unauthenticated"]), body);
        await _faults.ApplyAsync(call, request, async () =>
        {
            try
            {
                if (identity is null) throw ApiException.Unauthorized();
                await _dispatcher.Dispatch(call);
            }
            catch (ApiException exception) when (!http.Response.HasStarted)
            {
                await call.Answer(exception.ToStatus(), exception.Code);
            }
            catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
            {
                // The client left.
            }
            catch (System.Net.WebSockets.WebSocketException)
            {
                // The client left in the middle of exec or port-forward.
            }
            catch (Exception exception) when (exception is not ApiException && !http.Response.HasStarted)
            {
                await call.Answer(new ApiException(500, "InternalError", $"Internal error occurred: {exception.Message}").ToStatus(), 500);
            }
            request.StatusCode = http.Response.StatusCode;
        });
    }

    private Identity? Identify(HttpContext http)
    {
        if (http.Connection.ClientCertificate is X509Certificate2 certificate) return _authority.Identify(certificate);
        var header = http.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? _tokens.GetValueOrDefault(header[7..].Trim()) : null;
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext http)
    {
        if (http.Request.Method is "GET" or "HEAD" || http.WebSockets.IsWebSocketRequest) return [];
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(chunk, http.RequestAborted)) > 0 && buffer.Length < LargestBody) buffer.Write(chunk, 0, read);
        return buffer.ToArray();
    }
}
