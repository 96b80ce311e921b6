using System.Net.Http.Headers;
using System.Text;

namespace MalariaIncident.Engine.Prometheus;

/// <summary>Base address of a Prometheus, its credentials apart from it.</summary>
internal sealed class PrometheusAddress
{
    private readonly string root;

    private PrometheusAddress(Uri uri)
    {
        Credentials = uri.UserInfo.Length == 0
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo))));
        Display = uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        root = Display;
    }

    /// <summary>User information of the address, as the header that carries it.</summary>
    public AuthenticationHeaderValue? Credentials { get; }

    /// <summary>For people: without user information and query.</summary>
    public string Display { get; }

    /// <summary>ArgumentInvalid, without quoting what may hold a password.</summary>
    public static PrometheusAddress Parse(string address)
    {
        var text = address.Trim();
        var api = text.IndexOf("/api/v1", StringComparison.Ordinal);
        return Uri.TryCreate(api > 0 ? text[..api] : text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0
            ? new PrometheusAddress(uri)
            : throw new IncidentException(
                FailureKind.ArgumentInvalid,
                "The address of Prometheus is not an absolute http or https address.",
                advice: "Write it with its scheme and host, for example https://prometheus.example.org, or a reference such as env:PROMETHEUS_URL.");
    }

    /// <summary>Address of a part of the API.</summary>
    public Uri Api(string name) => new($"{root}/api/v1/{name}");
}
