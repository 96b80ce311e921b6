using System.Collections.Concurrent;

namespace MalariaIncident.Sandbox.Kubernetes;

/// <summary>
/// Every request that came, in memory and as a line of a file: <c>write PATCH /apis/…?query</c> or <c>read GET …</c>. The line is there before the
/// request is handled, so whoever reads the file after an answer sees all that led to it.
/// </summary>
internal sealed class RequestLog(string path)
{
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly Lock _gate = new();

    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    public void Add(RecordedRequest request)
    {
        _requests.Enqueue(request);
        lock (_gate) File.AppendAllText(path, $"{(request.IsWrite ? "write" : "read")} {request.Method} {request.Path}{request.Query}\n");
    }
}
