namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>
/// <c>postgresql://user:password@host1:5432,host2:5433/database?sslmode=verify-full</c>, as libpq reads it. (<see cref="Uri"/> knows neither lists of hosts nor
/// socket folders in place of one.)
/// </summary>
internal static class PostgresUrl
{
    private static readonly string[] Schemes = ["postgresql://", "postgres://"];

    public static bool IsOne(string text) => Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    public static ConnectionSettings Parse(string text)
    {
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var values = new Dictionary<string, string>(StringComparer.Ordinal);

        var (beforeQuery, query) = Cut(rest, '?');
        var (authority, database) = Cut(beforeQuery, '/');
        var credentialsEnd = authority.LastIndexOf('@');
        if (credentialsEnd >= 0)
        {
            var (user, password) = Cut(authority[..credentialsEnd], ':');
            values["user"] = Decode(user);
            values["password"] = Decode(password);
        }

        ReadHosts(authority[(credentialsEnd + 1)..], values);
        values["dbname"] = Decode(database);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (keyword, value) = Cut(pair, '=');
            // JDBC's and Npgsql's name for the same.
            values[keyword == "ssl" && value == "true" ? "sslmode" : Decode(keyword)] = keyword == "ssl" && value == "true" ? "require" : Decode(value);
        }

        return LibpqKeywords.Apply(values);
    }

    private static void ReadHosts(string list, Dictionary<string, string> values)
    {
        var hosts = new List<string>();
        var ports = new List<string>();
        foreach (var entry in list.Split(','))
        {
            var bracket = entry.LastIndexOf(']');
            var colon = entry.IndexOf(':', Math.Max(bracket, 0));
            var host = colon < 0 ? entry : entry[..colon];
            hosts.Add(Decode(bracket > 0 && host.StartsWith('[') ? host[1..^1] : host));
            ports.Add(colon < 0 ? "" : entry[(colon + 1)..]);
        }

        values["host"] = string.Join(',', hosts);
        values["port"] = ports.All(port => port.Length == 0) ? "" : string.Join(',', ports);
    }

    private static (string Before, string After) Cut(string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text);
}
