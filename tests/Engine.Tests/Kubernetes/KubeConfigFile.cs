using System.Security.Cryptography.X509Certificates;
using System.Text;
using MalariaIncident;
using MalariaIncident.Engine.Environments;

namespace Engine.Tests.Kubernetes;

/// <summary>A kubeconfig in a folder of its own, gone with the test.</summary>
internal sealed class KubeConfigFile : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kubeconfig-");

    public KubeConfigFile(string content) => Write(content);

    public KubeConfigFile(Uri server, X509Certificate2? authority = null, string user = "token: s3cr3t-t0ken", string cluster = "")
        : this($$"""
            apiVersion: v1
            kind: Config
            current-context: test
            contexts:
            - name: test
              context: {cluster: test, user: test, namespace: team}
            clusters:
            - name: test
              cluster:
                server: {{server.AbsoluteUri}}
            {{(authority is null ? "" : $"    certificate-authority-data: {Base64(authority)}")}}
            {{Indent(cluster)}}
            users:
            - name: test
              user:
            {{Indent(user)}}
            """)
    {
    }

    public string Folder => folder.FullName;

    public string Path => System.IO.Path.Combine(folder.FullName, "config");

    public void Write(string content) => File.WriteAllText(Path, content);

    public ResolvedScope Scope(string? context = null, string? wantedNamespace = null, int seconds = 60) => new()
    {
        Typed = new Scope(),
        KubeConfig = Path,
        Context = context,
        Namespace = wantedNamespace,
        Timeout = TimeSpan.FromSeconds(seconds),
    };

    /// <summary>An executable script beside the kubeconfig.</summary>
    public string Script(string name, string body)
    {
        string path = System.IO.Path.Combine(folder.FullName, name);
        File.WriteAllText(path + ".text", "#!/bin/sh\n" + body);
        // Not written by ourselves: a program that another test starts at this moment would have it open for writing until it runs, and a file that is open for writing is not run.
        using var install = System.Diagnostics.Process.Start("install", ["-m", "700", path + ".text", path]);
        install.WaitForExit();
        return path;
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static string Base64(X509Certificate2 authority) => Convert.ToBase64String(Encoding.ASCII.GetBytes(authority.ExportCertificatePem()));

    private static string Indent(string lines) => string.Join('\n', lines.Split('\n').Select(line => "    " + line));
}
