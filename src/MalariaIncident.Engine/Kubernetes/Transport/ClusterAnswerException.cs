using System.Net;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// A cluster answered something other than success. Stays inside this room: <see cref="ClusterFailures"/> turns it into an
/// <see cref="IncidentException"/>. Unlike KubernetesClient's HttpOperationException it holds no request, and so no token.
/// </summary>
internal sealed class ClusterAnswerException : Exception
{
    public ClusterAnswerException(HttpStatusCode code, KubernetesStatus? status, TimeSpan? retryAfter, string request)
        : base($"{(int)code} for {request}")
    {
        Code = code;
        Status = status;
        RetryAfter = retryAfter;
        Request = request;
    }

    public HttpStatusCode Code { get; }

    /// <summary>The server's own account; null where something else answered (a proxy, a load balancer).</summary>
    public KubernetesStatus? Status { get; }

    public TimeSpan? RetryAfter { get; }

    /// <summary>True where a JSON Patch was answered: a 422 without a field named is a failed <c>test</c>.</summary>
    public bool OfJsonPatch { get; init; }

    /// <summary>True where the server's cache has not heard of the version that was asked for.</summary>
    public bool IsCacheBehind => Code == HttpStatusCode.GatewayTimeout && Status?.Message?.StartsWith("Too large resource version", StringComparison.Ordinal) == true;

    /// <summary>Method and path, without query.</summary>
    public string Request { get; }
}

/// <summary>200, and yet not an answer of a Kubernetes API server.</summary>
internal sealed class ClusterNonsenseException(string what) : Exception(what);
