using System.Globalization;
using Npgsql;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>libpq's connection keywords, applied to Npgsql's settings.</summary>
internal static class LibpqKeywords
{
    /// <summary>Keywords that only tune what Npgsql does its own way.</summary>
    private static readonly HashSet<string> WithoutEffect = new(StringComparer.Ordinal)
    {
        "application_name", "fallback_application_name", "client_encoding", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count",
        "tcp_user_timeout", "gssencmode", "gsslib", "gssdelegation", "krbsrvname", "sslcompression", "sslsni", "sslnegotiation", "ssl_min_protocol_version",
        "ssl_max_protocol_version", "load_balance_hosts",
    };

    /// <summary>ConnectionStringInvalid for an unknown keyword or a value that does not fit.</summary>
    public static ConnectionSettings Apply(IReadOnlyDictionary<string, string> values)
    {
        var builder = new NpgsqlConnectionStringBuilder();
        foreach (var (keyword, value) in values)
        {
            ApplyOne(builder, keyword, value);
        }

        if (values.TryGetValue("hostaddr", out var address) && address.Length > 0)
        {
            builder.Host = address;
        }

        ApplyPorts(builder, values.GetValueOrDefault("port", ""));
        if (values.GetValueOrDefault("sslrootcert") == "system")
        {
            builder.RootCertificate = null;
            builder.SslMode = SslMode.VerifyFull;
        }
        else if (builder.SslMode == SslMode.Require && !string.IsNullOrEmpty(builder.RootCertificate))
        {
            // As libpq: a root certificate that is named is meant to be checked.
            builder.SslMode = SslMode.VerifyCA;
        }

        return new(builder, values.GetValueOrDefault("service"), values.ContainsKey("sslmode") || values.GetValueOrDefault("sslrootcert") == "system");
    }

    private static void ApplyOne(NpgsqlConnectionStringBuilder builder, string keyword, string value)
    {
        if (value.Length == 0)
        {
            return;
        }

        switch (keyword)
        {
            case "host": builder.Host = value; break;
            case "user": builder.Username = value; break;
            case "password": builder.Password = value; break;
            case "passfile": builder.Passfile = value; break;
            case "dbname": builder.Database = value; break;
            case "options": builder.Options = value; break;
            case "sslrootcert": builder.RootCertificate = value; break;
            case "sslcert": builder.SslCertificate = value; break;
            case "sslkey": builder.SslKey = value; break;
            case "sslpassword": builder.SslPassword = value; break;
            case "require_auth": builder.RequireAuth = value; break;
            case "target_session_attrs": builder.TargetSessionAttributes = value; break;
            case "sslmode": builder.SslMode = SslModeOf(value); break;
            case "channel_binding": builder.ChannelBinding = ChannelBindingOf(value); break;
            // libpq: zero or less waits for ever; the deadline of the command holds all the same.
            case "connect_timeout": builder.Timeout = Math.Clamp(Number(keyword, value), 0, 1024); break;
            case "port" or "hostaddr" or "service": break;
            default:
                if (!WithoutEffect.Contains(keyword))
                {
                    throw ConnectionText.Invalid($"The connection string has a setting that is not known: '{Shown(keyword)}'.");
                }

                break;
        }
    }

    /// <summary>libpq pairs the lists of hosts and ports; one port serves all hosts.</summary>
    private static void ApplyPorts(NpgsqlConnectionStringBuilder builder, string value)
    {
        if (value.Length == 0)
        {
            return;
        }

        var ports = value.Split(',').Select(port => port.Length == 0 ? NpgsqlConnection.DefaultPort : Port(port)).ToArray();
        if (ports.Length == 1)
        {
            builder.Port = ports[0];
            return;
        }

        var hosts = (builder.Host ?? "").Split(',');
        if (hosts.Length != ports.Length)
        {
            throw ConnectionText.Invalid($"The connection string names {hosts.Length} hosts and {ports.Length} ports.");
        }

        builder.Host = string.Join(',', hosts.Zip(ports, (host, port) => $"{host}:{port}"));
    }

    private static int Port(string value)
    {
        var port = Number("port", value);
        return port is > 0 and <= 65535 ? port : throw ConnectionText.Invalid($"The port {port} is not between 1 and 65535.");
    }

    private static int Number(string keyword, string value) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ConnectionText.Invalid($"The value of '{keyword}' is not a number.");

    private static SslMode SslModeOf(string value) => value switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw ConnectionText.Invalid("The value of 'sslmode' is none of disable, allow, prefer, require, verify-ca, verify-full."),
    };

    private static ChannelBinding ChannelBindingOf(string value) => value switch
    {
        "disable" => ChannelBinding.Disable,
        "prefer" => ChannelBinding.Prefer,
        "require" => ChannelBinding.Require,
        _ => throw ConnectionText.Invalid("The value of 'channel_binding' is none of disable, prefer, require."),
    };

    /// <summary>A setting's name; anything else in its place may be a piece of a password.</summary>
    private static string Shown(string keyword) => keyword.Length <= 40 && keyword.All(letter => char.IsAsciiLetter(letter) || letter is '_' or ' ') ? keyword : "…";
}
