using Npgsql;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>Settings of a connection, as far as they were written down.</summary>
internal sealed class ConnectionSettings(NpgsqlConnectionStringBuilder builder, string? service, bool sslModeGiven)
{
    public NpgsqlConnectionStringBuilder Builder => builder;

    /// <summary>Name in the connection service file.</summary>
    public string? Service => service;

    /// <summary>False where nobody said how strict TLS has to be.</summary>
    public bool SslModeGiven { get; set; } = sslModeGiven;
}
