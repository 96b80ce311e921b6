using System.Text;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>libpq's <c>keyword = value</c> pairs: white space between them, single quotes around a value, a backslash before a quote or a backslash.</summary>
internal static class LibpqText
{
    public static ConnectionSettings? TryParse(string text)
    {
        try
        {
            return Parse(text);
        }
        catch (IncidentException)
        {
            return null;
        }
    }

    public static ConnectionSettings Parse(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = 0;
        while (SkipSpace(text, ref at))
        {
            var start = at;
            while (at < text.Length && text[at] != '=' && !char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            var keyword = text[start..at];
            if (!SkipSpace(text, ref at) || text[at] != '=')
            {
                throw ConnectionText.Invalid("The connection string is not made of key=value pairs.");
            }

            at++;
            values[keyword] = SkipSpace(text, ref at) ? ReadValue(text, ref at) : "";
        }

        return LibpqKeywords.Apply(values);
    }

    private static bool SkipSpace(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at < text.Length;
    }

    private static string ReadValue(string text, ref int at)
    {
        var quoted = text[at] == '\'';
        at += quoted ? 1 : 0;
        var value = new StringBuilder();
        for (; at < text.Length && (quoted ? text[at] != '\'' : !char.IsWhiteSpace(text[at])); at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }

            value.Append(text[at]);
        }

        if (quoted)
        {
            if (at >= text.Length)
            {
                throw ConnectionText.Invalid("The connection string ends inside a quoted value.");
            }

            at++;
        }

        return value.ToString();
    }
}
