using System.Net.Security;
using Npgsql;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>How well a connection is protected; what the operator is told where nobody said how strict it has to be.</summary>
internal sealed class SeenEncryption
{
    private SslPolicyErrors? _errors;

    public string Describe(NpgsqlConnectionStringBuilder settings) => (_errors, settings.SslMode) switch
    {
        (SslPolicyErrors.None, _) => "TLS, certificate verified",
        ({ } errors, _) => $"TLS, certificate not verified ({errors})",
        (null, SslMode.VerifyFull) => "TLS, certificate verified",
        (null, SslMode.VerifyCA) => "TLS, certificate authority verified",
        (null, SslMode.Require) => "TLS, certificate not verified",
        _ when settings.Host?.StartsWith('/') == true => "local socket",
        _ => "none",
    };

    /// <summary>
    /// Where <paramref name="acceptsAny"/>, takes TLS if the server offers it, whatever the certificate, as libpq does unless told otherwise, and remembers what was
    /// wrong with it. <paramref name="name"/> is what the certificate has to be for, where that is not the address connected to.
    /// </summary>
#pragma warning disable CA5359 // sslmode=prefer promises no more than libpq does; what was found is said in the output.
    public void Watch(NpgsqlDataSourceBuilder source, bool acceptsAny, string? name) => source.UseSslClientAuthenticationOptionsCallback(options =>
    {
        options.TargetHost = name ?? options.TargetHost;
        if (acceptsAny)
        {
            options.RemoteCertificateValidationCallback = (_, _, _, errors) =>
            {
                _errors = errors;
                return true;
            };
        }
    });
#pragma warning restore CA5359
}
