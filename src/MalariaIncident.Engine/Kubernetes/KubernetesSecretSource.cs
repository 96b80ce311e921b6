using System.Text;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Health;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>Secrets by <c>kube:namespace/name/key</c>, from the cluster of the scope.</summary>
internal sealed class KubernetesSecretSource(Lazy<ClusterConnections> connections) : ISecretSource
{
    public string Scheme => "kube";

    public async Task<string> RevealAsync(string reference, ResolvedScope scope, CancellationToken cancellationToken)
    {
        string[] parts = reference[(Scheme.Length + 1)..].Split('/');
        if (parts is not [var home, var name, { Length: > 0 } key])
        {
            throw Unavailable(reference, "it is not of the form kube:namespace/name/key", null);
        }

        SecretModel secret;
        try
        {
            KubernetesName.ValidateLabel(home, "namespace");
            KubernetesName.Validate(name, "secret");
            ClusterConnection connection = await connections.Value.OpenAsync(scope, cancellationToken);
            secret = await new ClusterReader(connection, scope.Timeout).ObjectAsync(
                $"Reading secret {home}/{name}", $"api/v1/namespaces/{home}/secrets/{name}", "Secret", ModelContext.Default.SecretModel, cancellationToken);
        }
        catch (IncidentException failure)
        {
            throw Unavailable(reference, failure.Message.TrimEnd('.'), failure);
        }

        if (secret.Data?.GetValueOrDefault(key) is not { } encoded)
        {
            string known = secret.Data is { Count: > 0 } data ? string.Join(", ", data.Keys.Order(StringComparer.Ordinal)) : "none";
            throw Unavailable(reference, $"the secret has no key '{PlainText.OneLine(key, 80)}' (it has: {PlainText.OneLine(known, 200)})", null);
        }

        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(encoded)).TrimEnd('\r', '\n');
        }
        catch (FormatException)
        {
            throw Unavailable(reference, "its value is not base64", null);
        }
    }

    private static IncidentException Unavailable(string reference, string why, IncidentException? inner) =>
        new(FailureKind.SecretUnavailable, $"The secret {PlainText.OneLine(reference, 300)} is not available: {why}.", reference, inner);
}
