using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

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
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        builder.WebHost.UseShutdownTimeout(TimeSpan.FromSeconds(1));
        var server = new HealthServer(builder.Build());
        server.application.Run(context =>
        {
            lock (server.Seen)
            {
                server.Seen.Add((context.Request.Headers.UserAgent.ToString(), context.Request.Headers.Authorization.ToString(), context.Request.Path));
            }

            return answer(context, server.stopping.Token);
        });
        await server.application.StartAsync();
        var address = server.application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Uri = new Uri(address);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await application.DisposeAsync();
        stopping.Dispose();
    }
}
