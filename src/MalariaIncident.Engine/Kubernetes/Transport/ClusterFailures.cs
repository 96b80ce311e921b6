using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>Every way a call to a cluster can go wrong, in words and with its kind. Never with a credential.</summary>
internal static class ClusterFailures
{
    /// <summary>What a read may try again: nothing was decided, or the answer did not arrive whole.</summary>
    public static bool IsTransient(Exception failure) => failure switch
    {
        ClusterAnswerException answer => !answer.IsCacheBehind && answer.Code is HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout,
        HttpRequestException request => !IsBeforeSending(request),
        IOException or JsonException or InvalidDataException => true,
        _ => false,
    };

    /// <summary>True where the failure proves that the server never saw the request.</summary>
    public static bool IsBeforeSending(HttpRequestException failure) => failure.HttpRequestError is HttpRequestError.NameResolutionError
        or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    /// <summary>A failure that says nothing of what was asked about: whoever waits for something asks again until his own deadline.</summary>
    public static bool Passes(IncidentException failure) => failure.InnerException is ClusterAnswerException { Code: >= HttpStatusCode.InternalServerError }
        || failure.Kind is FailureKind.ClusterUnreachable or FailureKind.ClusterTimeout or FailureKind.ClusterBusy or FailureKind.ClusterAnswerInvalid;

    public static IncidentException Describe(Exception failure, string what, KubeContext context) => failure switch
    {
        IncidentException known => known,
        ClusterAnswerException answer => Describe(answer, what, context),
        ClusterNonsenseException nonsense => Nonsense(what, context, nonsense.Message),
        InvalidDataException => Nonsense(what, context, "a compressed body that is cut off or broken"),
        JsonException => Nonsense(what, context, "JSON that is cut off or malformed"),
        HttpRequestException request => Describe(request, what, context),
        IOException broken => new(
            FailureKind.ClusterUnreachable, $"{what}: the connection to {context.Server.Authority} broke: {PlainText.OneLine(broken.Message, 200)}", context.Name, broken),
        _ => new(FailureKind.EngineFailed, $"{what}: {PlainText.OneLine(failure.Message, 300)}", context.Name, failure),
    };

    public static IncidentException TimedOut(string what, KubeContext context, TimeSpan timeout, Exception? last)
    {
        string because = last is null ? "" : $" The last answer: {Describe(last, what, context).Message}";
        return new(FailureKind.ClusterTimeout, $"{what}: {context.Server.Authority} did not answer within {timeout.TotalSeconds:0.#} s.{because}", context.Name);
    }

    public static IncidentException Unknown(string what, KubeContext context, string why, Exception? inner) =>
        new(FailureKind.OutcomeUnknown, $"{what}: the change was sent to {context.Server.Authority}, and its answer was lost ({Cause(what, why)}). Whether it was made is not known.",
            context.Name, inner is ClusterAnswerException or IncidentException or null ? inner : null);

    /// <summary>What is already said before it is not said twice.</summary>
    private static string Cause(string what, string why) => (why.StartsWith($"{what}: ", StringComparison.Ordinal) ? why[(what.Length + 2)..] : why).TrimEnd('.');

    private static IncidentException Describe(ClusterAnswerException answer, string what, KubeContext context)
    {
        string said = answer.Status?.Message is { Length: > 0 } message ? message : $"{(int)answer.Code} {answer.Code} to {answer.Request}";
        string? name = answer.Status?.Name;
        return answer.Code switch
        {
            HttpStatusCode.Unauthorized => new(
                FailureKind.ClusterUnauthenticated, $"{what}: {context.Server.Authority} does not accept the credentials of context '{context.Name}'.", context.Name, answer),
            HttpStatusCode.Forbidden when answer.Status is not null => new(FailureKind.ClusterForbidden, $"{what}: {said}", name ?? context.Name, answer),
            HttpStatusCode.NotFound => new(Missing(answer.Status), $"{what}: {said}", name ?? context.Name, answer),
            HttpStatusCode.Conflict when answer.Status?.Reason == "AlreadyExists" => new(FailureKind.ClusterRefused, $"{what}: {said}", name, answer),
            HttpStatusCode.Conflict => new(FailureKind.ObjectChanged, $"{what}: somebody else changed it meanwhile: {said}", name ?? context.Name, answer),
            HttpStatusCode.Gone => new(FailureKind.ClusterBusy, $"{what}: the list moved on while it was read: {said}", context.Name, answer),
            HttpStatusCode.UnprocessableEntity when IsFailedTest(answer) => new(
                FailureKind.ObjectChanged, $"{what}: the object is not as it was when the change was planned: {said}", name ?? context.Name, answer),
            HttpStatusCode.TooManyRequests => new(
                FailureKind.ClusterBusy, $"{what}: {context.Server.Authority} is overloaded and asks to come back{Later(answer.RetryAfter)}: {said}", context.Name, answer),
            HttpStatusCode.ProxyAuthenticationRequired => Proxy(what, context, "it asks for a user name and password (407)"),
            >= HttpStatusCode.InternalServerError => new(
                FailureKind.ClusterRefused, $"{what}: {context.Server.Authority} failed: {said}", context.Name, answer),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => Nonsense(what, context, $"a redirection ({(int)answer.Code})"),
            _ when answer.Status is null => Nonsense(what, context, $"{said}, which is not how an API server refuses"),
            _ => new(FailureKind.ClusterRefused, $"{what}: {said}", name ?? context.Name, answer),
        };
    }

    private static IncidentException Describe(HttpRequestException failure, string what, KubeContext context) => failure.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => new(
            FailureKind.ClusterUnreachable, $"{what}: the name {context.Server.Host} does not resolve.", context.Name, failure),
        HttpRequestError.SecureConnectionError => Insecure(failure, what, context),
        HttpRequestError.ProxyTunnelError => Proxy(what, context, $"it refused the way to {context.Server.Authority} ({(int?)failure.StatusCode})"),
        HttpRequestError.ConnectionError => new(
            FailureKind.ClusterUnreachable, $"{what}: no connection to {context.Server.Authority} ({Reason(failure)}).", context.Name, failure),
        _ => new(
            FailureKind.ClusterUnreachable, $"{what}: the connection to {context.Server.Authority} broke ({Reason(failure)}).", context.Name, failure),
    };

    private static IncidentException Insecure(HttpRequestException failure, string what, KubeContext context)
    {
        string server = context.Server.Authority;
        return failure.InnerException is AuthenticationException untrusted
            ? new(FailureKind.ClusterUntrusted, $"{what}: the certificate of {server} is refused: {Deepest(untrusted)}.", context.Name, failure,
                "Do not go on before you know why: compare the certificate authority in the kubeconfig with the cluster's.")
            : new(FailureKind.ClusterUnreachable, $"{what}: {server} ended the TLS handshake ({Reason(failure)}).", context.Name, failure);
    }

    private static IncidentException Proxy(string what, KubeContext context, string why) =>
        new(FailureKind.ClusterUnreachable, $"{what}: the proxy does not let the request through: {why}.", context.Name,
            advice: "Check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY.");

    private static IncidentException Nonsense(string what, KubeContext context, string got) =>
        new(FailureKind.ClusterAnswerInvalid, $"{what}: {context.Server.Authority} answered with {got}.", context.Name,
            advice: "Something other than a Kubernetes API server may be answering at this address: a proxy, a captive portal, a load balancer.");

    private static FailureKind Missing(KubernetesStatus? status) => status?.Kind switch
    {
        "deployments" => FailureKind.DeploymentNotFound,
        "services" => FailureKind.ServiceNotFound,
        "namespaces" => FailureKind.NamespaceNotFound,
        _ => FailureKind.ResourceNotFound,
    };

    /// <summary>The server drops the patch library's own words, and names neither field nor object.</summary>
    private static bool IsFailedTest(ClusterAnswerException answer) =>
        answer.OfJsonPatch && string.IsNullOrEmpty(answer.Status?.Name);

    private static string Later(TimeSpan? wait) => wait is { } time ? $" in {time.TotalSeconds:0} s" : " later";

    private static string Reason(HttpRequestException failure) => Deepest(failure) is { Length: > 0 } reason ? reason : failure.HttpRequestError.ToString();

    private static string Deepest(Exception failure)
    {
        Exception deepest = failure;
        while (deepest.InnerException is { } inner)
        {
            deepest = inner;
        }

        return deepest is SocketException socket
            ? socket.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "connection refused",
                SocketError.ConnectionReset => "connection reset",
                SocketError.HostUnreachable or SocketError.NetworkUnreachable => "network unreachable",
                SocketError other => other.ToString(),
            }
            : PlainText.OneLine(deepest.Message, 300);
    }
}
