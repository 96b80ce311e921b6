using System.Net.Http.Headers;
using System.Net.Security;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>How a request shows who sends it. A class without ToString, so that it cannot be printed.</summary>
internal sealed class ClusterCredential
{
    public static readonly ClusterCredential Anonymous = new();

    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>Client certificate with its intermediates.</summary>
    public SslStreamCertificateContext? Certificate { get; init; }
}

/// <summary>Where credentials come from: fixed, a file that is re-read, or a plugin.</summary>
internal interface ICredentialSource
{
    /// <summary>True where getting it may ask the person at the terminal something; completion then keeps away.</summary>
    bool MayPrompt => false;

    /// <summary>Does now what would take a person's time later.</summary>
    ValueTask PrepareAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>The credential to use now.</summary>
    ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken);

    /// <summary>A fresh one after the server refused <paramref name="refused"/>; null where there is none to be had.</summary>
    ValueTask<ClusterCredential?> RefreshAsync(ClusterCredential refused, CancellationToken cancellationToken);
}
