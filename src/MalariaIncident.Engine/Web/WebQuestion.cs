using System.Net.Http.Headers;

namespace MalariaIncident.Engine.Web;

/// <summary>One request to a web API.</summary>
internal sealed record WebQuestion
{
    public required Uri Uri { get; init; }
    public AuthenticationHeaderValue? Credentials { get; init; }
    public string Accept { get; init; } = "application/json";
    /// <summary>Sent as a form by POST; null asks by GET.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Form { get; init; }
    public int MaximumBody { get; init; } = 16 * 1024 * 1024;
}
