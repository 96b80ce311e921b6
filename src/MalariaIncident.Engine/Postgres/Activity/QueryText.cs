using System.Text.RegularExpressions;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Postgres.Activity;

/// <summary>A query, made fit for a plan and a journal: one line, no control characters, no password, not long.</summary>
internal static partial class QueryText
{
    private const int Length = 120;

    public static string Shorten(string query) => PlainText.OneLine(Password().Replace(query, "${before}'***'"), Length);

    // ALTER ROLE … PASSWORD 'x', and connection strings inside dblink or CREATE SUBSCRIPTION.
    [GeneratedRegex(
        @"(?<before>\bpassword(\s*=\s*|\s+(?=E?')))(E?'([^']|'')*'?|[^\s'"",)]+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Password();
}
