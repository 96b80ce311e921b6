using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>The service account of the pod this process runs in: what a CronJob has instead of a kubeconfig.</summary>
internal static class InCluster
{
    public const string ContextName = "in-cluster";
    private const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    public static bool IsAvailable =>
        Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 } && File.Exists(Path.Combine(Folder, "token"));

    public static KubeContext Read(TimeProvider time, string folder = Folder)
    {
        string host = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST")!;
        string port = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT") is { Length: > 0 } named ? named : "443";
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(Path.Combine(folder, "ca.crt"));
            string namespaceFile = Path.Combine(folder, "namespace");
            return new KubeContext
            {
                Name = ContextName,
                Server = new Uri($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}"),
                Namespace = File.Exists(namespaceFile) ? File.ReadAllText(namespaceFile).Trim() : null,
                Authorities = authorities,
                Credentials = new TokenFileCredential(Path.Combine(folder, "token"), certificate: null, time),
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException or UriFormatException)
        {
            throw new IncidentException(FailureKind.KubeConfigInvalid, $"The service account of this pod cannot be read: {failure.Message}", ContextName, failure);
        }
    }
}
