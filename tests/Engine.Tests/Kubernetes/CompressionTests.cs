using System.IO.Compression;
using MalariaIncident.Engine.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace Engine.Tests.Kubernetes;

/// <summary>Compressing a large list costs an API server more than making it: it is asked for where the way is long.</summary>
public sealed class CompressionTests
{
    private const string Body = """{"kind":"Deployment","metadata":{"name":"api","uid":"u"}}""";

    [Theory]
    [InlineData(false, 40, "gzip")]
    [InlineData(false, 1, "")]
    [InlineData(true, 40, "")]
    public async Task It_is_asked_for_where_connecting_took_long_and_understood(bool isThisMachine, int milliseconds, string expected)
    {
        string? asked = null;
        await using var server = await ApiServer.StartAsync((context, stopping) =>
        {
            asked = context.Request.Headers.AcceptEncoding.ToString();
            return asked.Length == 0 ? context.Response.WriteAsync(Body, stopping) : PackedAsync(context, stopping);
        });
        var distance = new ServerDistance(isThisMachine);
        distance.Connected(TimeSpan.FromMilliseconds(milliseconds));
        using var client = new HttpClient(new CompressionHandler(distance, new SocketsHttpHandler()));
        Assert.Equal(Body, await client.GetStringAsync(server.Uri));
        Assert.Equal(expected, asked);
    }

    [Fact]
    public void Until_a_connection_was_made_a_server_elsewhere_counts_as_far_and_this_machine_as_near()
    {
        Assert.False(new ServerDistance(isThisMachine: false).IsNear);
        Assert.True(new ServerDistance(isThisMachine: true).IsNear);
    }

    [Fact]
    public async Task A_connection_to_this_machine_asks_for_none()
    {
        string? asked = null;
        await using var fixture = await TransportFixture.StartAsync((context, stopping) =>
        {
            asked = context.Request.Headers.AcceptEncoding.ToString();
            return ApiServer.Deployment()(context, stopping);
        });
        await fixture.ReadAsync();
        Assert.Equal("", asked);
    }

    [Fact]
    public async Task A_compressed_answer_that_is_broken_is_asked_for_again()
    {
        await using var fixture = await TransportFixture.StartAsync(
            (context, stopping) =>
            {
                context.Response.Headers.ContentEncoding = "gzip";
                return ApiServer.Deployment()(context, stopping);
            },
            ApiServer.Deployment());
        Assert.Equal("api", (await fixture.ReadAsync()).Metadata.Name);
        Assert.Equal(2, fixture.Server.Count);
    }

    private static async Task PackedAsync(HttpContext context, CancellationToken stopping)
    {
        context.Response.Headers.ContentEncoding = "gzip";
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(System.Text.Encoding.UTF8.GetBytes(Body));
        }

        await context.Response.Body.WriteAsync(packed.ToArray(), stopping);
    }
}
