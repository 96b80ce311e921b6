namespace MalariaIncident.Engine.Web;

/// <summary>What came back, status and whole body, or why nothing did.</summary>
internal sealed record WebAnswer
{
    /// <summary>Why there is no complete answer; null when there is one, whatever its status.</summary>
    public ProbeFailure? Failure { get; init; }
    public int StatusCode { get; init; }
    public bool IsSuccess => Failure is null && StatusCode is >= 200 and < 300;
    public ReadOnlyMemory<byte> Body { get; init; }
    public string? MediaType { get; init; }
    /// <summary>Headers of the answer, names in lower case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
    /// <summary>What happened, as the end of a sentence that begins with who was asked.</summary>
    public required string Detail { get; init; }
    /// <summary>True for a web page: what proxies and sign-in pages answer in place of an API.</summary>
    public bool IsPage => MediaType is "text/html" or "application/xhtml+xml" || Body.Span.TrimStart(" \r\n\t\uFEFF"u8).StartsWith("<"u8);
}
