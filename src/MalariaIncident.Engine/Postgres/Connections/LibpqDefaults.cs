using Npgsql;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>What libpq takes where the connection string is silent: the service file, then the environment, then its own defaults.</summary>
internal sealed class LibpqDefaults(Func<string, string?> variable)
{
    private static readonly (string Keyword, string Variable)[] Variables =
    [
        ("host", "PGHOST"), ("hostaddr", "PGHOSTADDR"), ("port", "PGPORT"), ("dbname", "PGDATABASE"), ("user", "PGUSER"), ("password", "PGPASSWORD"),
        ("passfile", "PGPASSFILE"), ("sslmode", "PGSSLMODE"), ("sslrootcert", "PGSSLROOTCERT"), ("sslcert", "PGSSLCERT"), ("sslkey", "PGSSLKEY"),
        ("channel_binding", "PGCHANNELBINDING"), ("connect_timeout", "PGCONNECT_TIMEOUT"), ("target_session_attrs", "PGTARGETSESSIONATTRS"),
        ("options", "PGOPTIONS"),
    ];

    /// <summary>True where the environment alone names a server.</summary>
    public bool NamesServer => new[] { "PGHOST", "PGHOSTADDR", "PGSERVICE" }.Any(name => !string.IsNullOrEmpty(variable(name)));

    /// <summary>ConnectionStringInvalid for a service that is not there or does not parse.</summary>
    public ConnectionSettings Complete(ConnectionSettings written)
    {
        var service = written.Service ?? variable("PGSERVICE");
        if (!string.IsNullOrEmpty(service))
        {
            Fill(written, LibpqKeywords.Apply(new ServiceFile(variable).Read(service)));
        }

        var fromEnvironment = Variables.Select(entry => (entry.Keyword, Value: variable(entry.Variable)))
            .Where(entry => !string.IsNullOrEmpty(entry.Value))
            .ToDictionary(entry => entry.Keyword, entry => entry.Value!, StringComparer.Ordinal);
        Fill(written, LibpqKeywords.Apply(fromEnvironment));

        var builder = written.Builder;
        if (string.IsNullOrEmpty(builder.Host))
        {
            builder.Host = Directory.Exists("/var/run/postgresql") ? "/var/run/postgresql" : "localhost";
        }

        // libpq passes over a password file that is not there; Npgsql fails.
        if (builder.Passfile is { } passwords && !File.Exists(passwords))
        {
            builder.Passfile = null;
        }

        // An authority that is named is meant to be checked; libpq would pass over it.
        if (!written.SslModeGiven && !string.IsNullOrEmpty(builder.RootCertificate))
        {
            (builder.SslMode, written.SslModeGiven) = (SslMode.VerifyFull, true);
        }

        builder.Username ??= Environment.UserName;
        builder.Database ??= builder.Username;
        return written;
    }

    private static void Fill(ConnectionSettings target, ConnectionSettings source)
    {
        foreach (var name in source.Builder.Keys.Cast<string>())
        {
            if (!target.Builder.ShouldSerialize(name))
            {
                target.Builder[name] = source.Builder[name];
            }
        }

        target.SslModeGiven |= source.SslModeGiven;
    }
}
