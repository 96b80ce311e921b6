using System.Net;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// The machine's proxy, gone around where kubectl goes around it: NO_PROXY may name networks (<c>10.0.0.0/8</c>), and a domain stands for the hosts in it, too.
/// .NET compares whole names only, and would send what is meant for the cluster's network to a proxy that refuses it.
/// </summary>
internal sealed class EnvironmentProxy(IWebProxy machine, string exceptions) : IWebProxy
{
    private readonly string[] exceptions = exceptions.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public ICredentials? Credentials
    {
        get => machine.Credentials;
        set => machine.Credentials = value;
    }

    /// <summary>In Go's order. Null where it says nothing.</summary>
    public static string? Exceptions =>
        new[] { "NO_PROXY", "no_proxy" }.Select(Environment.GetEnvironmentVariable).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : machine.GetProxy(destination);

    public bool IsBypassed(Uri host) => machine.IsBypassed(host) || Array.Exists(exceptions, exception => Covers(exception, host));

    private static bool Covers(string exception, Uri host)
    {
        if (exception == "*")
        {
            return true;
        }

        string port = $":{host.Port}";
        string name = exception.EndsWith(port, StringComparison.Ordinal) ? exception[..^port.Length] : exception;
        if (IPAddress.TryParse(host.IdnHost, out IPAddress? address))
        {
            return IPNetwork.TryParse(name, out IPNetwork network) ? network.Contains(address) : IPAddress.TryParse(name, out IPAddress? one) && one.Equals(address);
        }

        string domain = name.TrimStart('*').TrimStart('.');
        return domain.Length > 0
            && (host.IdnHost.EndsWith($".{domain}", StringComparison.OrdinalIgnoreCase) || (domain == name && host.IdnHost.Equals(domain, StringComparison.OrdinalIgnoreCase)));
    }
}
