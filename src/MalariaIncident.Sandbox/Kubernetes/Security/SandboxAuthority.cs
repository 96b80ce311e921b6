using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MalariaIncident.Sandbox.Kubernetes.Security;

/// <summary>What is wrong with the server's certificate, for tests of TLS.</summary>
public enum ServerCertificate
{
    /// <summary>Nothing.</summary>
    Valid,
    /// <summary>Issued for another name by the right authority.</summary>
    WrongName,
    /// <summary>Issued by an authority that the kubeconfig does not name.</summary>
    WrongAuthority,
    /// <summary>Its time is over.</summary>
    Expired,
}

/// <summary>The cluster's certificate authority, made anew for every sandbox.</summary>
internal sealed class SandboxAuthority : IDisposable
{
    private readonly X509Certificate2 _root;

    public SandboxAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=sandbox-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
    }

    public string Pem => _root.ExportCertificatePem();

    public X509Certificate2 IssueServer(ServerCertificate kind)
    {
        if (kind == ServerCertificate.WrongAuthority)
        {
            using var stranger = new SandboxAuthority();
            return stranger.IssueServer(ServerCertificate.Valid);
        }
        var names = new SubjectAlternativeNameBuilder();
        if (kind == ServerCertificate.WrongName) names.AddDnsName("another.cluster.example");
        else
        {
            names.AddDnsName("localhost");
            names.AddDnsName("kubernetes.default.svc");
            names.AddIpAddress(IPAddress.Loopback);
        }
        var end = kind == ServerCertificate.Expired ? DateTimeOffset.UtcNow.AddDays(-1) : DateTimeOffset.UtcNow.AddDays(29);
        return Issue("CN=kube-apiserver", "1.3.6.1.5.5.7.3.1", names, end);
    }

    /// <summary>The common name is the user, the organization the group, as Kubernetes reads client certificates.</summary>
    public X509Certificate2 IssueClient(Identity identity) =>
        Issue($"O={identity.Groups[0]}, CN={identity.User}", "1.3.6.1.5.5.7.3.2", null, DateTimeOffset.UtcNow.AddDays(29));

    public Identity? Identify(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (!chain.Build(certificate)) return null;
        var group = certificate.SubjectName.EnumerateRelativeDistinguishedNames().FirstOrDefault(part => part.GetSingleElementType().Value == "2.5.4.10")?.GetSingleElementValue();
        return new(certificate.GetNameInfo(X509NameType.SimpleName, false), group is null ? ["system:authenticated"] : [group, "system:authenticated"]);
    }

    public void Dispose() => _root.Dispose();

    private X509Certificate2 Issue(string subject, string usage, SubjectAlternativeNameBuilder? names, DateTimeOffset end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(usage)], false));
        if (names is not null) request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(_root, DateTimeOffset.UtcNow.AddDays(-29), end, RandomNumberGenerator.GetBytes(12));
        using var signed = bare.CopyWithPrivateKey(key);
        // SChannel cannot use a key that lives in memory only; a round trip through PKCS#12 makes it usable everywhere.
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
