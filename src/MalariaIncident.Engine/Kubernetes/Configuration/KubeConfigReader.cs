using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// A kubeconfig into a <see cref="KubeContext"/>, merged and understood as kubectl does. What matters and is not supported is
/// refused by name, never passed over.
/// </summary>
internal static class KubeConfigReader
{
    /// <summary>Every context name, in the order of the files.</summary>
    public static IReadOnlyList<string> ReadContextNames(KubeConfigFiles files) =>
        [.. files.Load().SelectMany(file => file.Content.Maps("contexts")).Select(entry => entry.Text("name")).OfType<string>().Distinct(StringComparer.Ordinal)];

    public static KubeContext Read(KubeConfigFiles files, string? wanted, TimeProvider time)
    {
        if (files.Paths.Count == 0)
        {
            return wanted is null or InCluster.ContextName
                ? InCluster.Read(time)
                : throw new IncidentException(
                    FailureKind.ContextNotFound, $"There is no context '{wanted}': this pod has no kubeconfig, only its service account.", wanted);
        }

        List<(string Path, YamlMap Content)> loaded = [.. files.Load()];
        string name = wanted ?? loaded.Select(file => file.Content.Text("current-context")).FirstOrDefault(text => text is not null)
            ?? throw new IncidentException(
                FailureKind.ContextNotFound, $"The kubeconfig '{files.Origin}' has no current context.", files.Origin,
                advice: $"Name one with -Context: {Known(loaded, "contexts")}.");
        Entry context = Find(loaded, "contexts", "context", name)
            ?? throw new IncidentException(
                FailureKind.ContextNotFound, $"The kubeconfig '{files.Origin}' has no context '{name}'.", name, advice: $"It has: {Known(loaded, "contexts")}.");
        string clusterName = context.Text("cluster") ?? throw context.Invalid("names no cluster");
        Entry cluster = Find(loaded, "clusters", "cluster", clusterName) ?? throw context.Invalid($"names the cluster '{clusterName}', which does not exist");
        Entry? user = context.Text("user") is { } userName
            ? Find(loaded, "users", "user", userName) ?? throw context.Invalid($"names the user '{userName}', which does not exist")
            : null;
        return Build(name, context, cluster, user, time);
    }

    private static KubeContext Build(string name, Entry context, Entry cluster, Entry? user, TimeProvider time)
    {
        Uri server = Address(cluster, "server", cluster.Text("server") ?? throw cluster.Invalid("has no server"), "http", "https");
        bool skips = cluster.Flag("insecure-skip-tls-verify");
        X509Certificate2Collection authorities = Authorities(cluster);
        if (skips && authorities.Count > 0)
        {
            throw cluster.Invalid("has both insecure-skip-tls-verify and a certificate authority; kubectl refuses that too");
        }

        return new KubeContext
        {
            Name = name,
            Server = server,
            Namespace = context.Text("namespace"),
            Authorities = authorities,
            SkipTlsVerify = skips,
            TlsServerName = cluster.Text("tls-server-name"),
            Proxy = Proxy(cluster),
            DisableCompression = cluster.Flag("disable-compression"),
            Credentials = user is null ? new FixedCredential(ClusterCredential.Anonymous) : UserCredentials.Read(user, server, cluster, time),
            Headers = user is null ? [] : UserCredentials.Impersonation(user),
            Notes = Notes(name, server, skips),
        };
    }

    private static List<string> Notes(string context, Uri server, bool skipsTlsVerify)
    {
        var notes = new List<string>();
        if (skipsTlsVerify)
        {
            notes.Add($"Context '{context}' has insecure-skip-tls-verify: nobody checked that {server.Authority} is the cluster it claims to be.");
        }

        if (server.Scheme == Uri.UriSchemeHttp)
        {
            notes.Add($"Context '{context}' talks to {server.Authority} without TLS.");
        }

        return notes;
    }

    private static X509Certificate2Collection Authorities(Entry cluster)
    {
        var authorities = new X509Certificate2Collection();
        if (cluster.Bytes("certificate-authority") is { } pem)
        {
            try
            {
                authorities.ImportFromPem(System.Text.Encoding.UTF8.GetString(pem));
            }
            catch (CryptographicException)
            {
                throw cluster.Invalid("has a certificate authority that is not PEM");
            }

            if (authorities.Count == 0)
            {
                throw cluster.Invalid("has a certificate authority without a certificate in it");
            }
        }

        return authorities;
    }

    private static WebProxy? Proxy(Entry cluster)
    {
        if (cluster.Text("proxy-url") is not { } text)
        {
            return null;
        }

        Uri address = Address(cluster, "proxy-url", text, "http", "https", "socks5");
        var proxy = new WebProxy(new UriBuilder(address) { UserName = "", Password = "" }.Uri);
        if (address.UserInfo is { Length: > 0 } info)
        {
            string[] parts = info.Split(':', 2);
            proxy.Credentials = new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
        }

        return proxy;
    }

    private static Uri Address(Entry entry, string field, string text, params string[] schemes) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) || field != "server" ? text : $"http://{text}", UriKind.Absolute, out Uri? address)
            && schemes.Contains(address.Scheme, StringComparer.Ordinal) && address.Host.Length > 0
            ? address
            // Not the text itself: a proxy's may hold a password.
            : throw entry.Invalid($"has a {field} that is no address of the kind {string.Join(", ", schemes)}");

    private static Entry? Find(List<(string Path, YamlMap Content)> files, string list, string item, string name)
    {
        foreach ((string path, YamlMap content) in files)
        {
            if (content.Maps(list).FirstOrDefault(entry => entry.Text("name") == name) is { } found)
            {
                return new Entry(path, item, name, found.Map(item) ?? new YamlMap());
            }
        }

        return null;
    }

    private static string Known(List<(string Path, YamlMap Content)> files, string list)
    {
        string[] names = [.. files.SelectMany(file => file.Content.Maps(list)).Select(entry => entry.Text("name")).OfType<string>().Distinct(StringComparer.Ordinal)];
        return names.Length == 0 ? "(none)" : string.Join(", ", names);
    }
}
