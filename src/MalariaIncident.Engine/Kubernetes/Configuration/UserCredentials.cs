using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>The <c>user</c> of a context: how it proves who it is.</summary>
internal static class UserCredentials
{
    public static ICredentialSource Read(Entry user, Uri server, Entry cluster, TimeProvider time)
    {
        if (user.Map("auth-provider") is { } provider)
        {
            throw user.Invalid(
                $"uses auth-provider ({PlainText.OneLine(provider.Text("name"), 40)}), which Kubernetes removed in 1.26: move it to an exec plugin (for example gke-gcloud-auth-plugin or kubelogin)");
        }

        SslStreamCertificateContext? certificate = Certificate(user);
        if (user.Map("exec") is { } exec)
        {
            return new ExecCredential(ExecPlugin.Read(user, exec, server, cluster), certificate, time);
        }

        if (user.Text("tokenFile") is { } file)
        {
            return new TokenFileCredential(user.Resolve(file), certificate, time);
        }

        if (user.Text("token") is { } token)
        {
            if (token.AsSpan().ContainsAny('\r', '\n'))
            {
                throw user.Invalid("has a token that spans lines");
            }

            return new FixedCredential(new ClusterCredential { Authorization = new AuthenticationHeaderValue("Bearer", token), Certificate = certificate });
        }

        AuthenticationHeaderValue? basic = user.Text("username") is { } name
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{user.Text("password")}")))
            : null;
        return new FixedCredential(new ClusterCredential { Authorization = basic, Certificate = certificate });
    }

    public static IReadOnlyList<KeyValuePair<string, string>> Impersonation(Entry user)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (user.Text("as") is { } name)
        {
            headers.Add(new("Impersonate-User", name));
        }

        if (user.Text("as-uid") is { } uid)
        {
            headers.Add(new("Impersonate-Uid", uid));
        }

        AddOne(user, headers, "Impersonate-Group", user.Texts("as-groups"));
        YamlMap? extra = user.Map("as-user-extra");
        foreach (string key in extra?.Keys ?? [])
        {
            AddOne(user, headers, $"Impersonate-Extra-{Uri.EscapeDataString(key)}", extra!.Texts(key));
        }

        if (headers.Count > 0 && user.Text("as") is null)
        {
            throw user.Invalid("impersonates groups, a uid or extra fields without a user ('as')");
        }

        return headers;
    }

    /// <summary>.NET joins several values into one line, which the server would take for one group of a strange name.</summary>
    private static void AddOne(Entry user, List<KeyValuePair<string, string>> headers, string header, IEnumerable<string> values)
    {
        string[] all = [.. values];
        if (all.Length > 1)
        {
            throw user.Invalid($"impersonates with several values of {header}; one is supported");
        }

        headers.AddRange(all.Select(value => new KeyValuePair<string, string>(header, value)));
    }

    private static SslStreamCertificateContext? Certificate(Entry user)
    {
        byte[]? certificate = user.Bytes("client-certificate");
        byte[]? key = user.Bytes("client-key");
        if (certificate is null && key is null)
        {
            return null;
        }

        if (certificate is null || key is null)
        {
            throw user.Invalid(certificate is null ? "has a client-key without a client-certificate" : "has a client-certificate without a client-key");
        }

        return ClientCertificate.Read(certificate, key) ?? throw user.Invalid("has a client certificate and key that are not PEM, or do not belong together");
    }
}
