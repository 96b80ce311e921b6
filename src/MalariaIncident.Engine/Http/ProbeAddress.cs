using System.Net.Http.Headers;
using System.Text;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Http;

/// <summary>A health address that may be asked, and the form of it that may be shown.</summary>
internal sealed class ProbeAddress
{
    private ProbeAddress(string probe, Uri uri)
    {
        Probe = probe;
        Display = Show(uri);
        Credentials = uri.UserInfo.Length == 0
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo))));
        Uri = new UriBuilder(uri) { UserName = "", Password = "", Fragment = "" }.Uri;
    }

    /// <summary>liveness, readiness or health.</summary>
    public string Probe { get; }

    /// <summary>What to ask; without user information.</summary>
    public Uri Uri { get; }

    /// <summary>The same for people: no user information, no values of the query.</summary>
    public string Display { get; }

    /// <summary>User information of the address, as the header that carries it.</summary>
    public AuthenticationHeaderValue? Credentials { get; }

    /// <summary>ArgumentInvalid for anything that is not an absolute http or https address.</summary>
    public static ProbeAddress Parse(string probe, string address)
    {
        if (!Uri.TryCreate(address.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid,
                $"The {probe} address '{Shorten(address)}' is not an absolute http or https address.",
                subject: Shorten(address),
                advice: "Write it with its scheme and host, for example https://api.example.com/health/liveness.");
        }

        return new ProbeAddress(probe, uri);
    }

    /// <summary>The name a probe gets from its address, or from its place where the address does not say.</summary>
    public static string NameOf(string address, int index)
    {
        var path = address.Split('?', '#')[0].TrimEnd('/');
        var last = path[(path.LastIndexOf('/') + 1)..].ToLowerInvariant();
        return last switch
        {
            "liveness" or "live" or "livez" or "alive" => "liveness",
            "readiness" or "ready" or "readyz" => "readiness",
            _ => index switch { 0 => "liveness", 1 => "readiness", _ => "health" },
        };
    }

    /// <summary>An address for people: no user information, no values of the query, no control characters.</summary>
    public static string Show(Uri uri)
    {
        var place = uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        if (uri.Query.Length <= 1)
        {
            return place;
        }

        var names = uri.Query[1..].Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Contains('=', StringComparison.Ordinal) ? pair.Split('=', 2)[0] + "=***" : "***");
        return $"{place}?{string.Join('&', names)}";
    }

    // What does not parse cannot be taken apart reliably, so everything that could hold a secret goes.
    private static string Shorten(string address)
    {
        var shown = address.Split('?', '#')[0];
        shown = shown.Contains('@', StringComparison.Ordinal) ? "***" + shown[shown.LastIndexOf('@')..] : shown;
        return PlainText.OneLine(shown, 80);
    }
}
