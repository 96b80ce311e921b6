using System.Net;
using k8s;
using MalariaIncident.Engine.Kubernetes.PortForward;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// The one way to a cluster. Every request of this room goes through <see cref="ReadAsync"/> or <see cref="WriteAsync"/>: they
/// hold the deadline over headers and body, know what may be sent again, and map every failure.
/// </summary>
internal sealed class ClusterConnection
{
    private readonly ClusterTransport transport;

    public ClusterConnection(ClusterTransport transport, string? wantedNamespace)
    {
        this.transport = transport;
        Namespace = KubernetesName.ValidateLabel(wantedNamespace ?? transport.Context.Namespace ?? "default", "namespace");
    }

    /// <summary>Kubeconfig context.</summary>
    public string Context => transport.Context.Name;

    public Uri Server => transport.Context.Server;

    /// <summary>The same for every connection to this context while its kubeconfig is what it was.</summary>
    public object Identity => transport;

    /// <summary>The scope's namespace, else the context's, else <c>default</c>.</summary>
    public string Namespace { get; }

    /// <summary>Typed calls. Only inside of <see cref="ReadAsync"/> and <see cref="WriteAsync"/>.</summary>
    public IKubernetes Client => transport.Client;

    /// <summary>The same chain for tables and streams; its base address is the server. Only inside of <see cref="ReadAsync"/> and <see cref="OpenStreamAsync"/>.</summary>
    public HttpClient Http => transport.Http;

    /// <summary>Set once the server was found not to answer from its cache at a version: it is asked for the newest from then on.</summary>
    public bool CacheLags
    {
        get => transport.CacheLags;
        set => transport.CacheLags = value;
    }

    /// <summary>What the operator should know about this connection: certificate checks switched off.</summary>
    public IReadOnlyList<string> Notes => transport.Context.Notes;

    /// <summary>
    /// A read: tried again with jitter while the deadline lasts, on overload, server failure, a broken connection or a cut-off body.
    /// </summary>
    /// <param name="what">Begins every message: <c>Reading deployment/api in production</c>.</param>
    /// <param name="timeout">Deadline of the whole, bodies and retries included.</param>
    /// <param name="call">May be called several times.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public Task<T> ReadAsync<T>(string what, TimeSpan timeout, Func<IKubernetes, CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        transport.ReadAsync(what, timeout, token => call(Client, token), cancellationToken);

    /// <summary>
    /// The body of a GET, read under the same rules as <see cref="ReadAsync"/>. <paramref name="read"/> throws JsonException where the body
    /// is cut off, and <see cref="ClusterNonsenseException"/> where it is something else. With <paramref name="once"/> it is not tried again:
    /// for what is not worth waiting for.
    /// </summary>
    public Task<T> GetAsync<T>(
        string what, TimeSpan timeout, string path, string accept, Func<byte[], T> read, CancellationToken cancellationToken, bool once = false) =>
        transport.ReadAsync(
            what,
            timeout,
            async token =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = HttpVersion.Version20 };
                request.Headers.TryAddWithoutValidation("Accept", accept);
                using HttpResponseMessage response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
                return read(await response.Content.ReadAsByteArrayAsync(token));
            },
            cancellationToken,
            once);

    /// <summary>
    /// A write: sent once, and again only where the server said 429 before acting. OutcomeUnknown where it left and no answer
    /// came (server failures included), ObjectChanged for a conflict or a failed test, ReadOnlyMode. The caller's own cancellation
    /// passes as it is, and leaves the same doubt.
    /// </summary>
    public Task<T> WriteAsync<T>(string what, TimeSpan timeout, Func<IKubernetes, CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        transport.WriteAsync(what, timeout, call, cancellationToken);

    /// <summary>Opens a body that is followed (log, watch): the deadline covers the headers, the token the rest.</summary>
    public Task<Stream> OpenStreamAsync(string what, TimeSpan timeout, string path, CancellationToken cancellationToken) =>
        transport.OpenStreamAsync(what, timeout, path, cancellationToken);

    /// <summary>
    /// Runs a program in a container and waits for its end; its words are handed over one by one, and no shell sees them. Not tried again: it may have run.
    /// ReadOnlyMode. A program that fails is an answer, not an exception.
    /// </summary>
    public Task<ExecAnswer> ExecuteAsync(
        string what, TimeSpan timeout, string pod, string container, IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        transport.ReadAsync(
            what,
            timeout,
            async token =>
            {
                var path = $"api/v1/namespaces/{Namespace}/pods/{KubernetesName.Validate(pod, "pod")}/exec"
                    + $"?container={KubernetesName.ValidateLabel(container, "container")}&stdout=true&stderr=true"
                    + string.Concat(words.Select(word => $"&command={Uri.EscapeDataString(word)}"));
                return await ExecChannel.RunAsync(Http, path, token);
            },
            cancellationToken,
            once: true);

    /// <summary>A stream to a port of a pod. The deadline is that of the connection, not of what goes over it.</summary>
    public Task<Stream> ForwardAsync(string what, TimeSpan timeout, string pod, int port, CancellationToken cancellationToken) =>
        transport.ReadAsync<Stream>(
            what,
            timeout,
            async token => new PortForwardStream(await ChannelSocket.OpenAsync(
                Http, $"api/v1/namespaces/{Namespace}/pods/{KubernetesName.Validate(pod, "pod")}/portforward?ports={port}", PortForwardStream.Protocols, token)),
            cancellationToken);
}
