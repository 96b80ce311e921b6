using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;
using System.Text.Json;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// What a plugin handed out, kept until it expires. However many requests wait, the plugin runs once; KubernetesClient runs it twice.
/// </summary>
internal sealed class ExecCredential(ExecPlugin plugin, SslStreamCertificateContext? certificate, TimeProvider time) : ICredentialSource, IDisposable
{
    // A token that ends on its way to the server is a failed request.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim gate = new(1, 1);
    private ClusterCredential? current;
    private DateTimeOffset? expires;

    public bool MayPrompt => plugin.IsInteractive && !IsCurrent;

    private bool IsCurrent => current is not null && (expires is null || expires > time.GetUtcNow() + Margin);

    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        if (MayPrompt)
        {
            await GetAsync(cancellationToken);
        }
    }

    public async ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            return IsCurrent ? current! : await RunAsync(cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask<ClusterCredential?> RefreshAsync(ClusterCredential refused, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            // Another request may have renewed it while this one was refused.
            return ReferenceEquals(current, refused) ? await RunAsync(cancellationToken) : current;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<ClusterCredential> RunAsync(CancellationToken cancellationToken)
    {
        byte[] printed = await plugin.RunAsync(cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(printed);
            JsonElement root = document.RootElement;
            if (Text(root, "kind") != "ExecCredential" || Text(root, "apiVersion") != plugin.ApiVersion)
            {
                throw plugin.Failed($"it printed something other than an ExecCredential of {plugin.ApiVersion}", null);
            }

            if (!root.TryGetProperty("status", out JsonElement status) || status.ValueKind != JsonValueKind.Object)
            {
                throw plugin.Failed("its answer has no status", null);
            }

            expires = Expiry(status);
            current = Credential(status);
            return current;
        }
        catch (JsonException)
        {
            // Not as inner: the parser quotes what it read.
            throw plugin.Failed("it printed something that is not JSON", null);
        }
    }

    /// <summary>Null where it does not expire, which programs in Go write as the year 1.</summary>
    private DateTimeOffset? Expiry(JsonElement status) => Text(status, "expirationTimestamp") is not { } end ? null
        : DateTimeOffset.TryParse(end, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed)
            ? parsed.Year == 1 ? null : parsed
            : throw plugin.Failed("its expirationTimestamp is no time", null);

    private ClusterCredential Credential(JsonElement status)
    {
        string? token = Text(status, "token");
        string? chain = Text(status, "clientCertificateData");
        string? key = Text(status, "clientKeyData");
        if (token is null && (chain is null || key is null))
        {
            throw plugin.Failed("its answer holds neither a token nor a client certificate with its key", null);
        }

        if (token is not null && token.AsSpan().ContainsAny('\r', '\n'))
        {
            throw plugin.Failed("its token spans lines", null);
        }

        SslStreamCertificateContext? own = chain is null || key is null
            ? null
            : ClientCertificate.Read(Encoding.UTF8.GetBytes(chain), Encoding.UTF8.GetBytes(key))
                ?? throw plugin.Failed("its client certificate and key are not PEM, or do not belong together", null);
        return new ClusterCredential
        {
            Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token),
            Certificate = own ?? certificate,
        };
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() is { Length: > 0 } text ? text : null
            : null;
}
