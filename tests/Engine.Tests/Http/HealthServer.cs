using System.Security.Cryptography.X509Certificates;
using MalariaIncident.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Engine.Tests.Http;

/// <summary>A real web server on loopback that answers every request as a test says.</summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly CancellationTokenSource stopping = new();

    private HealthServer(WebApplication application) => this.application = application;

    public Uri Uri { get; private set; } = null!;

    /// <summary>Requests seen: user agent and authorization.</summary>
    public List<(string UserAgent, string Authorization, string Path)> Seen { get; } = [];

    public static Task<HealthServer> AnsweringAsync(int status, string body, string contentType = "application/json") =>
        StartAsync(async (context, stopping) =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = contentType;
            await context.Response.WriteAsync(body, stopping);
        });

    public static async Task<HealthServer> StartAsync(Func<HttpContext, CancellationToken, Task> answer, X509Certificate2? certificate = null)
    {
        var server = new HealthServer(LoopbackServer.Create(listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        server.application.Run(context =>
        {
            lock (server.Seen)
            {
                server.Seen.Add((context.Request.Headers.UserAgent.ToString(), context.Request.Headers.Authorization.ToString(), context.Request.Path));
            }

            return answer(context, server.stopping.Token);
        });
        await server.application.StartAsync();
        server.Uri = new Uri(LoopbackServer.AddressOf(server.application));
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await LoopbackServer.StopAsync(application);
        stopping.Dispose();
    }
}
