using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>One context of a kubeconfig, read and ready to connect. A class, so that nothing prints what it holds.</summary>
internal sealed class KubeContext
{
    public required string Name { get; init; }
    public required Uri Server { get; init; }
    /// <summary>The context's own; null where it names none.</summary>
    public string? Namespace { get; init; }
    /// <summary>The kubeconfig's authority; empty trusts the system's roots.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];
    public bool SkipTlsVerify { get; init; }
    public string? TlsServerName { get; init; }
    public IWebProxy? Proxy { get; init; }
    public bool DisableCompression { get; init; }
    public required ICredentialSource Credentials { get; init; }
    /// <summary>Impersonation.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
    /// <summary>What the operator should know: certificate checks switched off.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
