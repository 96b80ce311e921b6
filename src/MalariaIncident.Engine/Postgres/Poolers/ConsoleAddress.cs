using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>One console: the way to it, and how it wants to be talked to.</summary>
/// <param name="Server">As the output names it.</param>
/// <param name="Settings">User, password and TLS.</param>
/// <param name="Lead">The way, where it is not the settings' own host; null connects directly.</param>
internal sealed record ConsoleAddress(string Server, NpgsqlConnectionStringBuilder Settings, Func<CancellationToken, Task<Stream>>? Lead)
{
    public string User => Settings.Username!;

    public string? Password => Settings.Password;

    public bool WantsTls => Settings.SslMode is not (SslMode.Disable or SslMode.Allow) && !IsSocket;

    public bool NeedsTls => Settings.SslMode is SslMode.Require or SslMode.VerifyCA or SslMode.VerifyFull;

    /// <summary>True where nobody on the way can listen: a socket of this machine, loopback, or the encrypted way through the cluster's API.</summary>
    public bool IsPrivate => IsSocket || Lead is not null || Settings.Host is "localhost" or "127.0.0.1" or "::1";

    private bool IsSocket => Lead is null && Settings.Host!.StartsWith('/');

    public async Task<Stream> ConnectAsync(CancellationToken stop)
    {
        if (Lead is not null)
        {
            return await Lead(stop);
        }

        var socket = IsSocket ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (IsSocket)
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{Settings.Host}/.s.PGSQL.{Settings.Port}"), stop);
            }
            else
            {
                await socket.ConnectAsync(Settings.Host!, Settings.Port, stop);
            }

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <param name="decide">Told what is wrong with the certificate, and whether that is accepted.</param>
    public SslClientAuthenticationOptions Tls(Func<SslPolicyErrors, bool, bool> decide)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = Settings.Host,
            RemoteCertificateValidationCallback = (_, _, _, errors) => decide(errors, Settings.SslMode switch
            {
                SslMode.VerifyFull => errors == SslPolicyErrors.None,
                SslMode.VerifyCA => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None,
                _ => true,
            }),
        };
        if (Settings.RootCertificate is { Length: > 0 } roots)
        {
            options.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(roots);
        }

        return options;
    }

    /// <param name="seen">What was wrong with the certificate; null without TLS.</param>
    public string Describe(SslPolicyErrors? seen)
    {
        var inside = seen switch
        {
            null when IsSocket => "local socket",
            null => "none",
            SslPolicyErrors.None => "TLS, certificate verified",
            _ when Settings.SslMode == SslMode.VerifyCA => "TLS, certificate authority verified",
            { } errors => $"TLS, certificate not verified ({errors})",
        };
        return Lead is null ? inside : $"Kubernetes API, inside it {inside}";
    }
}
