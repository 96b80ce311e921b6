using System.Security.Cryptography.X509Certificates;
using System.Text;
using Engine.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace Engine.Tests.Kubernetes;

/// <summary>An API server that misbehaves on purpose: answers in the order a test gives, the last one for ever.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly List<Func<HttpContext, CancellationToken, Task>> answers = [];
    private readonly List<(string Method, string Target, string Authorization)> seen = [];
    private HealthServer server = null!;
    private int next;

    public Uri Uri => server.Uri;

    /// <summary>Requests seen so far: method, path with query, authorization. A copy, because more may come.</summary>
    public IReadOnlyList<(string Method, string Target, string Authorization)> Seen
    {
        get
        {
            lock (seen)
            {
                return [.. seen];
            }
        }
    }

    public int Count => Seen.Count;

    public static async Task<ApiServer> StartAsync(params Func<HttpContext, CancellationToken, Task>[] answers) => await StartAsync(null, answers);

    public static async Task<ApiServer> StartAsync(X509Certificate2? certificate, params Func<HttpContext, CancellationToken, Task>[] answers)
    {
        var api = new ApiServer();
        api.answers.AddRange(answers);
        api.server = await HealthServer.StartAsync(api.AnswerAsync, certificate);
        return api;
    }

    public static Func<HttpContext, CancellationToken, Task> Json(int status, string body, params (string Name, string Value)[] headers) =>
        Text(status, body, "application/json", headers);

    public static Func<HttpContext, CancellationToken, Task> Text(int status, string body, string contentType, params (string Name, string Value)[] headers) =>
        async (context, stopping) =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = contentType;
            foreach ((string name, string value) in headers)
            {
                context.Response.Headers[name] = value;
            }

            await context.Response.WriteAsync(body, stopping);
        };

    public static Func<HttpContext, CancellationToken, Task> Status(int code, string reason, string message, string? kind = null, string? name = null) => Json(
        code,
        $$$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{{message}}}","reason":"{{{reason}}}","code":{{{code}}},"details":{"kind":"{{{kind}}}","name":"{{{name}}}"}}""");

    public static Func<HttpContext, CancellationToken, Task> Deployment(string name = "api") => Json(
        200, $$$"""{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"{{{name}}}","namespace":"team","uid":"u-1","resourceVersion":"7"} }""");

    /// <summary>Headers, the first half of a body, then silence until the test ends.</summary>
    public static Func<HttpContext, CancellationToken, Task> HalfAndSilence() => async (context, stopping) =>
    {
        await HalfAsync(context, stopping);
        await Task.Delay(Timeout.Infinite, stopping);
    };

    /// <summary>Headers, the first half of a body, then the connection is cut.</summary>
    public static Func<HttpContext, CancellationToken, Task> HalfAndReset() => async (context, stopping) =>
    {
        await HalfAsync(context, stopping);
        context.Abort();
    };

    /// <summary>The request is read, then the connection is cut without a word.</summary>
    public static Func<HttpContext, CancellationToken, Task> Reset() => async (context, stopping) =>
    {
        await context.Request.Body.CopyToAsync(Stream.Null, stopping);
        context.Abort();
    };

    public static Func<HttpContext, CancellationToken, Task> Silence() => (_, stopping) => Task.Delay(Timeout.Infinite, stopping);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static async Task HalfAsync(HttpContext context, CancellationToken stopping)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = 1000;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("""{"kind":"Deployment","""), stopping);
        await context.Response.Body.FlushAsync(stopping);
    }

    private Task AnswerAsync(HttpContext context, CancellationToken stopping)
    {
        lock (seen)
        {
            seen.Add((context.Request.Method, context.Request.Path + context.Request.QueryString.ToString(), context.Request.Headers.Authorization.ToString()));
        }

        int index = Math.Min(Interlocked.Increment(ref next), answers.Count) - 1;
        return answers[index](context, stopping);
    }
}
