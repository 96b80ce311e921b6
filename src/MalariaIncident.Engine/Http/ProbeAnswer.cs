namespace MalariaIncident.Engine.Http;

/// <summary>What one probe of one address came to.</summary>
internal sealed record ProbeAnswer
{
    /// <summary>Null when the service is healthy.</summary>
    public ProbeFailure? Failure { get; init; }
    public bool Healthy => Failure is null;
    public int? StatusCode { get; init; }
    public TimeSpan Latency { get; init; }
    public DateTimeOffset? CertificateExpires { get; init; }
    public string? Body { get; init; }
    /// <summary>What was found, as the end of a sentence that begins with the address.</summary>
    public required string Detail { get; init; }
}
