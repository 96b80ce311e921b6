using StackExchange.Redis;

namespace MalariaIncident.Engine.Redis;

/// <summary>Reads a connection, in StackExchange.Redis' own form or as a <c>redis://</c> URL. What it refuses it never quotes: it may be the password.</summary>
internal static class CacheAddress
{
    /// <summary>Where applications and operators keep it, by custom.</summary>
    public const string UrlVariable = "REDIS_URL";
    private const int DefaultPort = 6379;

    /// <summary>ConnectionStringInvalid.</summary>
    public static ConfigurationOptions Parse(string connection)
    {
        var scheme = connection.Split("://", 2);
        var options = scheme.Length == 2 && scheme[0].Trim().All(char.IsAsciiLetter) ? FromUrl(connection.Trim()) : FromKeyValues(connection);
        if (options.EndPoints.Count == 0)
        {
            throw Invalid("it names no server");
        }

        if (!string.IsNullOrEmpty(options.ServiceName))
        {
            throw Invalid("it goes through Sentinel (serviceName), which is not supported; name the servers themselves");
        }

        options.SetDefaultPorts();
        return options;
    }

    private static ConfigurationOptions FromKeyValues(string connection)
    {
        try
        {
            return ConfigurationOptions.Parse(connection);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or OverflowException or InvalidOperationException)
        {
            throw Invalid("a part of it is unknown or has no meaning");
        }
    }

    private static ConfigurationOptions FromUrl(string connection)
    {
        if (!Uri.TryCreate(connection, UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            throw Invalid("the URL cannot be read; write characters such as / # ? @ % of a password percent-encoded");
        }

        if (url.Scheme is not ("redis" or "rediss"))
        {
            throw Invalid("the URL must begin with redis:// or rediss://");
        }

        var tls = url.Scheme == "rediss";
        var options = new ConfigurationOptions { Ssl = tls };
        options.EndPoints.Add(url.IdnHost, url.Port < 0 ? DefaultPort : url.Port);
        if (tls)
        {
            options.SslHost = url.IdnHost;
        }

        var user = url.UserInfo.Split(':', 2);
        if (user.Length == 2)
        {
            // The user 'default' is the one that a password alone means; servers before ACLs know no other way to say it.
            options.User = user[0] is "" or "default" ? null : Uri.UnescapeDataString(user[0]);
            options.Password = Uri.UnescapeDataString(user[1]);
        }
        else if (user[0].Length > 0)
        {
            throw Invalid("the URL names a user without a password; write redis://:password@host or redis://user:password@host");
        }

        var database = url.AbsolutePath.Trim('/');
        if (database.Length > 0)
        {
            options.DefaultDatabase = int.TryParse(database, out var number) && number >= 0
                ? number
                : throw Invalid("the path of the URL must be a database number, such as /0");
        }

        return options;
    }

    private static IncidentException Invalid(string why) => new(
        FailureKind.ConnectionStringInvalid,
        $"The Redis connection is not usable: {why}.",
        advice: "Write host:port,password=… as StackExchange.Redis reads it, redis://:password@host:port/0, rediss:// for TLS, or a reference such as env:REDIS_URL.");
}
