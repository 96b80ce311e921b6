namespace MalariaIncident;

/// <summary>Why a health address was not found healthy, told apart by what an operator would do about it.</summary>
public enum ProbeFailure
{
    /// <summary>Nothing listens on that port.</summary>
    ConnectionRefused,
    /// <summary>The host name does not resolve.</summary>
    HostNotFound,
    /// <summary>No route to the host.</summary>
    HostUnreachable,
    /// <summary>No complete answer, body included, before the deadline.</summary>
    Timeout,
    /// <summary>The connection was cut before the answer was complete.</summary>
    ConnectionLost,
    /// <summary>The TLS certificate is for another name.</summary>
    CertificateName,
    /// <summary>The TLS certificate has expired, or is not valid yet.</summary>
    CertificateExpired,
    /// <summary>The TLS certificate is not signed by an authority this machine trusts.</summary>
    CertificateUntrusted,
    /// <summary>TLS failed in another way.</summary>
    Tls,
    /// <summary>The proxy in between refused or failed.</summary>
    Proxy,
    /// <summary>It answers with a redirect that is not followed: to another host, to plain HTTP, or in a circle.</summary>
    Redirect,
    /// <summary>The HTTP status is not 2xx.</summary>
    Status,
    /// <summary>The status is 2xx, and the body says that the service is down.</summary>
    BodySaysDown,
    /// <summary>The status is 2xx, and the body is no health answer: HTML, cut-off JSON, or far too long.</summary>
    BodyInvalid,
    /// <summary>What came back is not HTTP, or another transport error.</summary>
    Protocol,
}
