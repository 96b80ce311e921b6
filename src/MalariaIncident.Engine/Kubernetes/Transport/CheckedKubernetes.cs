using System.Net;
using System.Reflection;
using MalariaIncident.Engine.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// KubernetesClient's typed calls over our own chain of handlers. An answer is believed only when it is of the kind that
/// was asked for: the library takes <c>null</c>, <c>{}</c> or another kind for an object without fields.
/// </summary>
internal sealed class CheckedKubernetes : k8s.Kubernetes
{
    // Its own sockets are never used: they are closed, and the host they would call does not exist.
    public CheckedKubernetes(HttpClient http, Uri server)
        : base(new KubernetesClientConfiguration { Host = "http://unused.invalid" })
    {
        HttpClient.Dispose();
        HttpClient = http;
        BaseUri = server;
    }

    protected override async Task<HttpOperationResponse<T>> CreateResultAsync<T>(
        HttpRequestMessage httpRequest, HttpResponseMessage httpResponse, bool? watch, CancellationToken cancellationToken)
    {
        HttpOperationResponse<T> result = await base.CreateResultAsync<T>(httpRequest, httpResponse, watch, cancellationToken);
        if (watch != true && httpResponse.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            Check(result.Body, $"{httpRequest.Method} {httpRequest.RequestUri?.AbsolutePath}");
        }

        return result;
    }

    private static void Check<T>(T? body, string request)
    {
        if (body is null)
        {
            throw new ClusterNonsenseException($"an empty answer for {request}");
        }

        if (body is not IKubernetesObject found || typeof(T).GetCustomAttribute<KubernetesEntityAttribute>() is not { } expected)
        {
            return;
        }

        if (found.Kind != expected.Kind)
        {
            throw new ClusterNonsenseException($"{PlainText.OneLine(found.Kind ?? "something without a kind", 60)} instead of a {expected.Kind} for {request}");
        }

        if (body is IKubernetesObject<V1ObjectMeta> named && NeedsIdentity(expected.Kind) && (named.Metadata?.Name is null or "" || named.Metadata.Uid is null or ""))
        {
            throw new ClusterNonsenseException($"a {expected.Kind} without name or uid for {request}");
        }
    }

    // Reviews are answers, not stored objects: they have no identity.
    private static bool NeedsIdentity(string kind) => !kind.EndsWith("Review", StringComparison.Ordinal);
}
