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

        headers.AddRange(user.Texts("as-groups").Select(group => new KeyValuePair<string, string>("Impersonate-Group", group)));
        if (user.Map("as-user-extra") is { } extra)
        {
            headers.AddRange(extra.Keys.SelectMany(key =>
                extra.Texts(key).Select(value => new KeyValuePair<string, string>($"Impersonate-Extra-{Uri.EscapeDataString(key)}", value))));
        }

        if (headers.Count > 0 && user.Text("as") is null)
        {
            throw user.Invalid("impersonates groups, a uid or extra fields without a user ('as')");
        }

        return headers;
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
