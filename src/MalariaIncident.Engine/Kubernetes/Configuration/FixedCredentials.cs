using System.Net.Http.Headers;
using System.Net.Security;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>A credential that stands in the kubeconfig itself: nothing to refresh.</summary>
internal sealed class FixedCredential(ClusterCredential credential) : ICredentialSource
{
    public ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(credential);

    public ValueTask<ClusterCredential?> RefreshAsync(ClusterCredential refused, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ClusterCredential?>(null);
}

/// <summary>A token in a file that somebody else renews (a projected service account token): read again every minute.</summary>
internal sealed class TokenFileCredential(string path, SslStreamCertificateContext? certificate, TimeProvider time) : ICredentialSource
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private ClusterCredential? current;
    private long readAt;

    public ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (current is null || time.GetElapsedTime(readAt) > Fresh)
            {
                Read();
            }

            return ValueTask.FromResult(current!);
        }
    }

    public ValueTask<ClusterCredential?> RefreshAsync(ClusterCredential refused, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            string? before = refused.Authorization?.Parameter;
            Read();
            return ValueTask.FromResult(current!.Authorization!.Parameter == before ? null : current);
        }
    }

    private void Read()
    {
        string token;
        try
        {
            token = File.ReadAllText(path).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IncidentException(FailureKind.ClusterUnauthenticated, $"The token file '{path}' cannot be read: {failure.Message}", path, failure);
        }

        if (token.Length == 0 || token.AsSpan().ContainsAny('\r', '\n'))
        {
            throw new IncidentException(FailureKind.ClusterUnauthenticated, $"The token file '{path}' does not hold one token.", path);
        }

        readAt = time.GetTimestamp();
        current = new ClusterCredential { Authorization = new AuthenticationHeaderValue("Bearer", token), Certificate = certificate };
    }
}
