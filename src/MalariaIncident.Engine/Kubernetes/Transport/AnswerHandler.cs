using System.Net;
using System.Net.Http.Headers;
using MalariaIncident.Engine.Mitigations;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// Outermost of the chain. Lets no write out that is not meant as one, reads the whole body while the deadline still runs
/// (a bare HttpClient's ends at the headers), and turns every refusal into a <see cref="ClusterAnswerException"/>.
/// </summary>
internal sealed class AnswerHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int LongestRefusal = 64 * 1024;
    private const long LongestAnswer = 512L * 1024 * 1024;

    /// <summary>Set on requests whose body is followed rather than read to its end.</summary>
    public static readonly HttpRequestOptionsKey<bool> Streams = new("MalariaIncident.Streams");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        GuardWrites(request);
        string described = $"{request.Method} {request.RequestUri?.AbsolutePath}";
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        try
        {
            if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
            {
                return response;
            }

            if (!response.IsSuccessStatusCode)
            {
                throw new ClusterAnswerException(
                    response.StatusCode, await ReadStatusAsync(response, cancellationToken), RetryAfter(response.Headers.RetryAfter), described)
                {
                    OfJsonPatch = request.Content?.Headers.ContentType?.MediaType == "application/json-patch+json",
                };
            }

            if (response.Content.Headers.ContentType?.MediaType == "text/html")
            {
                throw new ClusterNonsenseException($"a web page instead of an object for {described}");
            }

            if (!IsFollowed(request))
            {
                await response.Content.LoadIntoBufferAsync(LongestAnswer, cancellationToken);
            }

            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static void GuardWrites(HttpRequestMessage request)
    {
        if (request.RequestUri?.AbsolutePath.EndsWith("/exec", StringComparison.Ordinal) == true)
        {
            // A GET by its method, and yet it runs a program in a container.
            ReadOnlyMode.Guard($"{request.Method} {request.RequestUri.AbsolutePath}");
        }

        if (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || IsQuestion(request))
        {
            return;
        }

        ReadOnlyMode.Guard($"{request.Method} {request.RequestUri?.AbsolutePath}");
        if (ClusterCall.Current is not { Writes: true } call)
        {
            throw new InvalidOperationException($"{request.Method} {request.RequestUri?.AbsolutePath} was tried outside of WriteAsync.");
        }

        request.Content = new LeavingContent(request.Content ?? new ByteArrayContent([]), call);
    }

    /// <summary>"May I?" is asked by POST and changes nothing.</summary>
    private static bool IsQuestion(HttpRequestMessage request) =>
        request.Method == HttpMethod.Post
        && request.RequestUri?.AbsolutePath is { } path
        && (path.EndsWith("/selfsubjectaccessreviews", StringComparison.Ordinal) || path.EndsWith("/selfsubjectrulesreviews", StringComparison.Ordinal));

    private static bool IsFollowed(HttpRequestMessage request) =>
        (request.Options.TryGetValue(Streams, out bool streams) && streams)
        || request.RequestUri?.Query is { Length: > 0 } query
        && (query.Contains("watch=true", StringComparison.Ordinal) || query.Contains("follow=true", StringComparison.Ordinal));

    private static async Task<KubernetesStatus?> ReadStatusAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        byte[] bytes = new byte[LongestRefusal];
        int read;
        try
        {
            read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException)
        {
            // The code alone says enough; a refusal cut short is still that refusal.
            return null;
        }

        return KubernetesStatus.Parse(bytes.AsMemory(0, read));
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        TimeSpan? wait = header?.Delta ?? (header?.Date is { } date ? date - DateTimeOffset.UtcNow : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>Notes the moment a write's body starts to leave.</summary>
    private sealed class LeavingContent : HttpContent
    {
        private readonly HttpContent body;
        private readonly ClusterCall call;

        public LeavingContent(HttpContent body, ClusterCall call)
        {
            this.body = body;
            this.call = call;
            foreach ((string name, IEnumerable<string> values) in body.Headers)
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            call.Left = true;
            return body.CopyToAsync(stream, context, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Headers.ContentLength ?? -1;
            return length >= 0;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                body.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
