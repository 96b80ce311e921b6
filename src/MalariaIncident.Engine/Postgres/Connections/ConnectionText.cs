using Npgsql;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>
/// A connection as people write it: libpq's <c>host=… dbname=…</c>, a <c>postgres://</c> URL, or .NET's <c>Host=…;Username=…</c>. The text may be a
/// secret: no message made here repeats more of it than the name of a setting.
/// </summary>
internal static class ConnectionText
{
    /// <summary>ConnectionStringInvalid.</summary>
    public static ConnectionSettings Parse(string text)
    {
        text = text.Trim();
        if (text.Length == 0)
        {
            throw Invalid("The connection string is empty.");
        }

        if (PostgresUrl.IsOne(text))
        {
            return PostgresUrl.Parse(text);
        }

        // Both forms are key=value; a semicolon between pairs tells them apart, unless it is part of a libpq value.
        return text.Contains(';', StringComparison.Ordinal)
            ? TryParseNpgsql(text) ?? LibpqText.Parse(text)
            : LibpqText.TryParse(text) ?? TryParseNpgsql(text) ?? LibpqText.Parse(text);
    }

    public static IncidentException Invalid(string why) => new(
        FailureKind.ConnectionStringInvalid,
        why,
        advice: "Write it as 'host=db.example port=5432 dbname=app user=me', as 'Host=db.example;Database=app;Username=me', or as 'postgres://me@db.example:5432/app'.");

    private static ConnectionSettings? TryParseNpgsql(string text)
    {
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(text);
            return builder.Host?.Contains('=', StringComparison.Ordinal) == true ? null : new ConnectionSettings(builder, service: null, sslModeGiven: builder.ShouldSerialize("SSL Mode"));
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // Its message may repeat the value; ours is made from the libpq reading of the same text.
            return null;
        }
    }
}
