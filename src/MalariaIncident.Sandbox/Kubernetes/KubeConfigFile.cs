using System.Text;
using MalariaIncident.Sandbox.Kubernetes.Security;

namespace MalariaIncident.Sandbox.Kubernetes;

/// <summary>The kubeconfig: one cluster, five users. For the owner's eyes only.</summary>
internal static class KubeConfigFile
{
    public const string Context = "sandbox";
    public const string TokenContext = "sandbox-token";
    public const string OperatorContext = "sandbox-operator";
    public const string ReaderContext = "sandbox-reader";
    public const string ViewerContext = "sandbox-viewer";

    public static void Write(string path, Uri server, SandboxAuthority authority, string adminToken, string viewerToken, string operatorToken, string readerToken)
    {
        using var client = authority.IssueClient(Identity.Admin);
        using var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(client)!;
        var text = $$"""
            apiVersion: v1
            kind: Config
            current-context: {{Context}}
            clusters:
            - name: sandbox
              cluster:
                server: {{server.GetLeftPart(UriPartial.Authority)}}
                certificate-authority-data: {{Base64(authority.Pem)}}
            contexts:
            - name: {{Context}}
              context: {cluster: sandbox, user: sandbox-admin, namespace: default}
            - name: {{TokenContext}}
              context: {cluster: sandbox, user: sandbox-token, namespace: default}
            - name: {{ViewerContext}}
              context: {cluster: sandbox, user: sandbox-viewer, namespace: default}
            - name: {{OperatorContext}}
              context: {cluster: sandbox, user: sandbox-operator, namespace: default}
            - name: {{ReaderContext}}
              context: {cluster: sandbox, user: sandbox-reader, namespace: default}
            users:
            - name: sandbox-admin
              user:
                client-certificate-data: {{Base64(client.ExportCertificatePem())}}
                client-key-data: {{Base64(key.ExportPkcs8PrivateKeyPem())}}
            - name: sandbox-token
              user:
                token: {{adminToken}}
            - name: sandbox-viewer
              user:
                token: {{viewerToken}}
            - name: sandbox-operator
              user:
                token: {{operatorToken}}
            - name: sandbox-reader
              user:
                token: {{readerToken}}

            """;
        PrivateFile.Write(path, text);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
