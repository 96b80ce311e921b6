namespace MalariaIncident.Sandbox;

/// <summary>One request that the Kubernetes API got: what tests count writes with.</summary>
/// <param name="Time">UTC.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path without the query.</param>
/// <param name="Query">Query with its question mark, or empty.</param>
/// <param name="Body">Body as text.</param>
/// <param name="ContentType">Type of the body; null without one.</param>
/// <param name="UserAgent">As the client gave it.</param>
/// <param name="User">Who it was; null where it was refused with 401.</param>
public sealed record RecordedRequest(
    DateTimeOffset Time, string Method, string Path, string Query, string Body, string? ContentType, string UserAgent, string? User)
{
    /// <summary>Status of the answer; 0 while there is none, or when the connection was cut.</summary>
    public int StatusCode { get; internal set; }

    /// <summary>True when the request could have changed something: not a read, not a dry run, not a question about permissions.</summary>
    public bool IsWrite => Method is not ("GET" or "HEAD" or "OPTIONS")
        && !Query.Contains("dryRun=All", StringComparison.Ordinal)
        && !Path.StartsWith("/apis/authorization.k8s.io/", StringComparison.Ordinal)
        && !Path.EndsWith("/portforward", StringComparison.Ordinal);
}
