using System.Net;
using System.Security.Cryptography.X509Certificates;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Web;

/// <summary>
/// Asks web APIs with the care that an incident needs: the deadline covers the body, the body has a bound, redirects are shown and not followed (an API
/// that redirects has put a sign-in page in between, and credentials must not travel), and a failure says which it was.
/// </summary>
/// <param name="clock">Measures the deadline.</param>
/// <param name="trust">Trust other than the machine's, or null.</param>
internal sealed class WebConversation(TimeProvider clock, X509ChainPolicy? trust = null)
{
    /// <summary>Never throws for what the server does; only for the caller's own token.</summary>
    public async Task<WebAnswer> AskAsync(WebQuestion question, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        SeenCertificate? certificate = null;
        try
        {
            // Name resolution does not always heed its token, so the wait itself does.
            return await SendAsync(question, seen => certificate = seen, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WebAnswer { Failure = ProbeFailure.Timeout, Detail = FormattableString.Invariant($"did not answer completely within {timeout.TotalSeconds:0.###} s") };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException or InvalidOperationException or NotSupportedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (failure, detail) = ConnectFailure.Tell(exception, question.Uri, certificate);
            return new WebAnswer { Failure = failure, Detail = detail };
        }
    }

    private async Task<WebAnswer> SendAsync(WebQuestion question, Action<SeenCertificate?> onCertificate, CancellationToken cancellationToken)
    {
        using var client = WatchedConnection.Open(clock, trust, onCertificate);
        using var request = new HttpRequestMessage(question.Form is null ? HttpMethod.Get : HttpMethod.Post, question.Uri);
        request.Headers.UserAgent.Add(WatchedConnection.UserAgent);
        request.Headers.Accept.ParseAdd(question.Accept);
        request.Headers.Authorization = question.Credentials;
        request.Content = question.Form is null ? null : new FormUrlEncodedContent(question.Form);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var status = (int)response.StatusCode;
        if (response.Headers.Location is { } location && status is >= 300 and < 400)
        {
            var to = location.IsAbsoluteUri ? location : new Uri(question.Uri, location);
            return new WebAnswer
            {
                Failure = ProbeFailure.Redirect,
                StatusCode = status,
                Detail = $"answered {status}, a redirect to {PlainText.OneLine(to.GetLeftPart(UriPartial.Path), 120)}, which is not followed",
            };
        }

        return await ReadAsync(question, response, cancellationToken) is { } body
            ? new WebAnswer
            {
                StatusCode = status,
                Body = body,
                MediaType = response.Content.Headers.ContentType?.MediaType,
                Headers = response.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(", ", header.Value), StringComparer.Ordinal),
                Detail = $"answered {status} {PlainText.OneLine(response.ReasonPhrase ?? "", 60)}".TrimEnd(),
            }
            : new WebAnswer { Failure = ProbeFailure.BodyInvalid, StatusCode = status, Detail = $"answered {status} with more than {question.MaximumBody / 1024 / 1024} MiB" };
    }

    private static async Task<byte[]?> ReadAsync(WebQuestion question, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[32 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > question.MaximumBody)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}
