namespace MalariaIncident.Sandbox.Databases;

/// <summary>How a throw-away server is set up.</summary>
public sealed record ThrowAwayPostgresOptions
{
    /// <summary>Connections it takes, those reserved for superusers included.</summary>
    public int MaximumConnections { get; init; } = 100;

    /// <summary>Database that is made on it.</summary>
    public string Database { get; init; } = "malaria_prediction";

    /// <summary>Load pg_stat_statements where the server brings it, and create the extension.</summary>
    public bool Statements { get; init; } = true;

    /// <summary>Start it as a standby that waits for a primary: it answers reads, has no database but <c>postgres</c>, and takes no writes.</summary>
    public bool Standby { get; init; }

    /// <summary>Start it as a real standby of this server, made by pg_basebackup and streaming from it.</summary>
    public ThrowAwayPostgres? Primary { get; init; }

    /// <summary>Folder of the server's programs; null takes the first that is found.</summary>
    public string? Programs { get; init; }

    /// <summary>Certificate chain and private key, PEM: switches TLS on.</summary>
    public (string Certificate, string Key)? Tls { get; init; }

    /// <summary>Further settings, as in postgresql.conf.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
