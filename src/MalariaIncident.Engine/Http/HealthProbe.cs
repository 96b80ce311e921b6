using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MalariaIncident.Engine.Text;
using MalariaIncident.Engine.Web;

namespace MalariaIncident.Engine.Http;

/// <summary>
/// Asks one address once. Every probe opens its own connection: behind a load balancer a kept one would ask the same pod
/// again and again.
/// </summary>
/// <param name="clock">Measures the deadline and the latency.</param>
/// <param name="trust">Trust other than the machine's, or null.</param>
internal sealed class HealthProbe(TimeProvider clock, X509ChainPolicy? trust = null)
{
    private const int MaximumRedirects = 5;
    private const int MaximumBody = 1024 * 1024;

    /// <summary>Never throws for what the service does; only for the caller's own token.</summary>
    public async Task<ProbeAnswer> AskAsync(ProbeAddress address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var conversation = new Conversation();
        var start = clock.GetTimestamp();
        ProbeAnswer answer;
        try
        {
            // Name resolution does not always heed its token, so the wait itself does.
            answer = await ConverseAsync(address, conversation, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            answer = Failed(ProbeFailure.Timeout, conversation.StatusCode is { } status
                ? $"answered {status} and did not finish its body within {Seconds(timeout)}"
                : $"did not answer within {Seconds(timeout)}");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException or InvalidOperationException or NotSupportedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (failure, detail) = ConnectFailure.Tell(exception, conversation.Uri ?? address.Uri, conversation.Certificate);
            answer = Failed(failure, detail);
        }

        return answer with
        {
            Latency = clock.GetElapsedTime(start),
            StatusCode = answer.StatusCode ?? conversation.StatusCode,
            CertificateExpires = conversation.Certificate?.NotAfter,
        };
    }

    private async Task<ProbeAnswer> ConverseAsync(ProbeAddress address, Conversation conversation, CancellationToken cancellationToken)
    {
        using var client = WatchedConnection.Open(clock, trust, seen => conversation.Certificate = seen);
        var uri = address.Uri;
        for (var hop = 0; ; hop++)
        {
            conversation.Uri = uri;
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            request.Headers.UserAgent.Add(WatchedConnection.UserAgent);
            request.Headers.Accept.ParseAdd("application/json, text/plain;q=0.9, */*;q=0.1");
            request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
            request.Headers.Authorization = IsSamePlace(address.Uri, uri) ? address.Credentials : null;
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            conversation.StatusCode = (int)response.StatusCode;
            if (response.StatusCode is not (HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            {
                return await JudgeAsync(response, cancellationToken);
            }

            if (Refuse(uri, response.Headers.Location, hop) is { } refusal)
            {
                return Failed(ProbeFailure.Redirect, $"answered {(int)response.StatusCode}, {refusal}");
            }

            uri = new Uri(uri, response.Headers.Location!);
        }
    }

    // Another port of a host may be another program; https in place of http, each at its usual port, is the same one.
    private static bool IsSamePlace(Uri named, Uri asked) => named.Port == asked.Port || (named.IsDefaultPort && asked.IsDefaultPort);

    // Health that is only found at another host is not the health of this one, and credentials must not travel there.
    private static string? Refuse(Uri from, Uri? location, int hop)
    {
        if (location is null || !Uri.TryCreate(from, location, out var to) || to.Scheme is not ("http" or "https"))
        {
            return "a redirect without an address to follow";
        }

        if (!string.Equals(to.IdnHost, from.IdnHost, StringComparison.OrdinalIgnoreCase))
        {
            return $"a redirect to another host ({PlainText.OneLine(ProbeAddress.Show(to), 120)}), which is not followed";
        }

        if (from.Scheme == "https" && to.Scheme == "http")
        {
            return "a redirect from https to http, which is not followed";
        }

        return hop + 1 >= MaximumRedirects ? $"and redirects more than {MaximumRedirects} times" : null;
    }

    private static async Task<ProbeAnswer> JudgeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var (body, complete) = await ReadAsync(response, cancellationToken);
        var excerpt = PlainText.OneLine(body, 500) is { Length: > 0 } line ? line : null;
        var named = $"answered {status} {PlainText.OneLine(response.ReasonPhrase ?? "", 60)}".TrimEnd();
        if (response.StatusCode == HttpStatusCode.ProxyAuthenticationRequired)
        {
            return Failed(ProbeFailure.Proxy, "is behind a proxy that asks for credentials (407)") with { Body = excerpt };
        }

        if (!response.IsSuccessStatusCode)
        {
            return Failed(ProbeFailure.Status, named) with { Body = excerpt };
        }

        if (!complete)
        {
            return Failed(ProbeFailure.BodyInvalid, $"{named} with more than {MaximumBody / 1024} KiB, which is no health answer") with { Body = excerpt };
        }

        return HealthBody.Judge(body, response.Content.Headers.ContentType?.MediaType) is var (failure, detail)
            ? Failed(failure, $"{named} {detail}") with { Body = excerpt }
            : new ProbeAnswer { StatusCode = status, Body = excerpt, Detail = named };
    }

    private static async Task<(string Body, bool Complete)> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > MaximumBody)
            {
                return (Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)Math.Min(body.Length, 4096)), false);
            }

            body.Write(buffer, 0, read);
        }

        return (Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length), true);
    }

    private static ProbeAnswer Failed(ProbeFailure failure, string detail) => new() { Failure = failure, Detail = detail };

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.###} s");

    /// <summary>What is known so far, kept outside the task so that a timeout can still tell it.</summary>
    private sealed class Conversation
    {
        public Uri? Uri { get; set; }
        public int? StatusCode { get; set; }
        public SeenCertificate? Certificate { get; set; }
    }
}
