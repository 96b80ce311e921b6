using System.Globalization;
using MalariaIncident.Sandbox.Kubernetes.Requests;

namespace MalariaIncident.Sandbox.Faults;

/// <summary>What a fault does to an answer of the Kubernetes API.</summary>
public enum ApiFaultKind
{
    /// <summary>429 with Retry-After; nothing is done.</summary>
    TooManyRequests,
    /// <summary>An HTTP status of one's choice with a Status body; nothing is done.</summary>
    StatusCode,
    /// <summary>The request is done and the connection cut in the middle of the answer's body.</summary>
    CutInBody,
    /// <summary>The request is done and the connection cut before any answer.</summary>
    LoseAnswer,
    /// <summary>The connection is cut; nothing is done.</summary>
    Reset,
    /// <summary>The answer's body ends early, with a length that agrees: JSON that does not parse.</summary>
    TruncatedJson,
    /// <summary>The body comes after a long pause behind the headers.</summary>
    SlowBody,
    /// <summary>200 with the HTML page of a proxy.</summary>
    ProxyPage,
    /// <summary>200 with the body <c>null</c>.</summary>
    NullBody,
}

/// <summary>One fault of the API: which requests, what happens, how often.</summary>
public sealed record ApiFault
{
    /// <summary>What happens.</summary>
    public required ApiFaultKind Kind { get; init; }
    /// <summary>Which requests; all but watches by default.</summary>
    public Func<RecordedRequest, bool> Matches { get; init; } = request => !request.Query.Contains("watch=true", StringComparison.Ordinal);
    /// <summary>How many requests; null for all.</summary>
    public int? Count { get; init; }
    /// <summary>Status for <see cref="ApiFaultKind.StatusCode"/>.</summary>
    public int StatusCode { get; init; } = 503;
    /// <summary>Retry-After as it is sent; null sends none.</summary>
    public string? RetryAfter { get; init; } = "1";
    /// <summary>The pause of <see cref="ApiFaultKind.SlowBody"/>.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>The faults that are in force, in the order in which they were given.</summary>
internal sealed class ApiFaults
{
    private readonly List<(string Name, ApiFault Fault, int[] Left)> _faults = [];

    public void Add(string name, ApiFault fault)
    {
        lock (_faults) _faults.Add((name, fault, [fault.Count ?? int.MaxValue]));
    }

    public void Remove(string name)
    {
        lock (_faults) _faults.RemoveAll(entry => entry.Name == name);
    }

    public async Task ApplyAsync(ApiCall call, RecordedRequest request, Func<Task> answer)
    {
        var http = call.Http;
        switch (Next(request))
        {
            case null:
                await answer();
                return;
            case { Kind: ApiFaultKind.TooManyRequests } fault:
                if (fault.RetryAfter is not null) http.Response.Headers.RetryAfter = fault.RetryAfter;
                await call.Answer("Too many requests, please try again later.\n"u8.ToArray(), request.StatusCode = 429, "text/plain; charset=utf-8");
                return;
            case { Kind: ApiFaultKind.StatusCode } fault:
                var failure = Failure(fault.StatusCode);
                await call.Answer(failure.ToStatus(), request.StatusCode = fault.StatusCode);
                return;
            case { Kind: ApiFaultKind.ProxyPage }:
                await call.Answer("<html><head><title>Sign in</title></head><body>Please sign in to the proxy.</body></html>"u8.ToArray(), request.StatusCode = 200, "text/html");
                return;
            case { Kind: ApiFaultKind.NullBody }:
                await call.Answer("null"u8.ToArray(), request.StatusCode = 200);
                return;
            case { Kind: ApiFaultKind.Reset }:
                http.Abort();
                return;
            case { } fault:
                await DistortAsync(call, fault, answer);
                return;
        }
    }

    /// <summary>Lets the request be done into a buffer, and lets the client see only a part of the answer.</summary>
    private static async Task DistortAsync(ApiCall call, ApiFault fault, Func<Task> answer)
    {
        var response = call.Http.Response;
        var body = response.Body;
        using var buffer = new MemoryStream();
        response.Body = buffer;
        await answer();
        response.Body = body;
        var bytes = buffer.ToArray();
        switch (fault.Kind)
        {
            case ApiFaultKind.LoseAnswer:
                call.Http.Abort();
                break;
            case ApiFaultKind.TruncatedJson:
                response.ContentLength = bytes.Length / 2;
                await body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), call.Aborted);
                break;
            case ApiFaultKind.SlowBody:
                response.ContentLength = bytes.Length;
                await body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), call.Aborted);
                await body.FlushAsync(call.Aborted);
                await Task.Delay(fault.Pause, call.Aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!call.Aborted.IsCancellationRequested) await body.WriteAsync(bytes.AsMemory(bytes.Length / 2), call.Aborted);
                break;
            default:
                response.ContentLength = bytes.Length;
                // Fewer bytes than announced: Kestrel ends the connection behind them. An abort could overtake the headers.
                await body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), call.Aborted);
                await body.FlushAsync(call.Aborted);
                break;
        }
    }

    private ApiFault? Next(RecordedRequest request)
    {
        lock (_faults)
            foreach (var (_, fault, left) in _faults)
            {
                if (left[0] <= 0 || !fault.Matches(request)) continue;
                left[0]--;
                return fault;
            }
        return null;
    }

    private static Kubernetes.ApiException Failure(int code) => code switch
    {
        401 => Kubernetes.ApiException.Unauthorized(),
        410 => Kubernetes.ApiException.ContinueExpired(),
        500 => new(500, "InternalError", "Internal error occurred: etcdserver: request timed out"),
        503 => new(503, "ServiceUnavailable", "the server is currently unable to handle the request"),
        504 => new(504, "Timeout", "Timeout: request did not complete within the allotted timeout"),
        _ => new(code, "", string.Create(CultureInfo.InvariantCulture, $"the server answered with {code}")),
    };
}
