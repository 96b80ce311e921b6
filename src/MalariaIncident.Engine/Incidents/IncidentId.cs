using System.Globalization;
using System.Text.RegularExpressions;

namespace MalariaIncident.Engine.Incidents;

/// <summary>Ids that people can say aloud: <c>INC-2026-0042</c>.</summary>
internal static partial class IncidentId
{
    public static string Create(int year, int number) => string.Create(CultureInfo.InvariantCulture, $"INC-{year:D4}-{number:D4}");

    /// <summary>The id as it is stored, whatever case and blanks it was typed in. IncidentNotFound for anything else.</summary>
    public static string Normalize(string? id)
    {
        var typed = id?.Trim().ToUpperInvariant() ?? string.Empty;
        return Form().IsMatch(typed)
            ? typed
            : throw new IncidentException(
                FailureKind.IncidentNotFound, $"'{JournalText.OneLine(typed, 60)}' is not an incident id; an id looks like INC-2026-0042.", id, advice: "Get-Incident lists the incidents there are.");
    }

    /// <summary>Sorts by year and number; text would put 10000 before 9999.</summary>
    public static (int Year, int Number) Order(string id)
    {
        var parts = id.Split('-');
        return parts.Length == 3 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var year) && int.TryParse(parts[2], CultureInfo.InvariantCulture, out var number)
            ? (year, number)
            : (0, 0);
    }

    [GeneratedRegex(@"^INC-[0-9]{4}-[0-9]{4,9}$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
