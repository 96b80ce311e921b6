using System.Text.RegularExpressions;

namespace MalariaIncident.Host.Terminals;

/// <summary>
/// What of a text may reach a terminal. Log lines and error messages come from machines in trouble: a colour is all that an escape
/// sequence may do here, never move the cursor, set a title, fill the clipboard or turn the reading direction.
/// </summary>
internal static partial class TerminalText
{
    /// <summary>What a view that is drawn anew in place writes between two pictures: the only other thing that may pass, and only as a write of its own, as no line of a log ever is.</summary>
    private const string HomeAndClear = "\x1b[H\x1b[J";

    /// <summary>For a terminal with colours.</summary>
    public static string Coloured(string text)
        => text == HomeAndClear || Harmless(text) ? text : Controls().Replace(text, match => Colour().IsMatch(match.Value) ? match.Value : "");

    /// <summary>For a terminal without colours.</summary>
    public static string Plain(string text) => Harmless(text) ? text : Controls().Replace(text, "");

    /// <summary>For a file or a pipe: as it is, but for colours.</summary>
    public static string Uncoloured(string text) => text.Contains('\x1b', StringComparison.Ordinal) ? Colours().Replace(text, "") : text;

    private static bool Harmless(string text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character) ? character is not ('\n' or '\t') : character is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'))
            {
                return false;
            }
        }

        return true;
    }

    // In order: CSI sequences, OSC/DCS/APC/PM strings, other escapes, a carriage return that would overwrite its line, other
    // controls of C0 and C1, marks that turn the reading direction.
    [GeneratedRegex(@"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?|\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]|[\u202a-\u202e\u2066-\u2069]")]
    private static partial Regex Controls();

    [GeneratedRegex(@"^\x1b\[[0-9;:]*m$")]
    private static partial Regex Colour();

    [GeneratedRegex(@"\x1b\[[0-9;:]*m")]
    private static partial Regex Colours();
}
