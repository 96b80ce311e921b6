using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MalariaIncident.Engine.Postgres.Activity;

/// <summary>A query, made fit for a plan, a journal and a terminal: one line, no control characters, no password, not long.</summary>
internal static partial class QueryText
{
    public const int Length = 120;

    public static string Shorten(string query)
    {
        var text = new StringBuilder();
        foreach (var rune in Password().Replace(query, "$1'***'").EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (text.Length > 0 && text[^1] != ' ')
                {
                    text.Append(' ');
                }
            }
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate))
            {
                text.Append(rune);
            }

            if (text.Length > Length)
            {
                return text.Append('…').ToString();
            }
        }

        return text.ToString().TrimEnd();
    }

    // ALTER ROLE … PASSWORD 'x', and connection strings inside dblink or CREATE SUBSCRIPTION.
    [GeneratedRegex(@"(\bpassword\s*=?\s*)(?:E?'(?:[^']|'')*'?|[^\s'"",)]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Password();
}
