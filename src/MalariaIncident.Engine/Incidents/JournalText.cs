using System.Text;

namespace MalariaIncident.Engine.Incidents;

/// <summary>What text may enter the journal.</summary>
internal static class JournalText
{
    public const int LongestTitle = 200;
    public const int LongestNote = 100_000;

    /// <summary>A title: not empty, one line, trimmed. TitleEmpty, ArgumentInvalid.</summary>
    public static string Title(string? title)
    {
        var trimmed = title?.Trim() ?? string.Empty;
        if (trimmed.Length == 0)
        {
            throw new IncidentException(FailureKind.TitleEmpty, "The title is empty.", title, advice: "Say in a few words what is wrong, as users see it.");
        }

        if (trimmed.Length > LongestTitle)
        {
            throw Invalid($"The title has {trimmed.Length} characters; at most {LongestTitle} are kept.", title, "Shorten it, and put the rest into a note.");
        }

        return Line(trimmed, "title");
    }

    /// <summary>A short text on one line: a service, a name. ArgumentInvalid.</summary>
    public static string Line(string? text, string what)
    {
        var trimmed = Storable(text, what);
        if (trimmed.Any(IsLineBreakOrControl))
        {
            throw Invalid($"The {what} holds a line break or a control character.", text, "Give it on one line.");
        }

        return trimmed;
    }

    /// <summary>A text of several lines: a note, a cause, a reason. ArgumentInvalid.</summary>
    public static string Paragraph(string? text, string what)
    {
        var trimmed = Storable(text, what);
        return trimmed.Length <= LongestNote
            ? trimmed
            : throw Invalid(
                $"The {what} has {trimmed.Length} characters; at most {LongestNote} are kept.", what, "Keep the whole in a file, and note where that is.");
    }

    /// <summary>
    /// Text that others hand in as evidence (a log line, an answer): it is kept rather than refused, with U+FFFD for what no store
    /// can hold.
    /// </summary>
    public static string Storable(string text) =>
        IsStorable(text) ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');

    /// <summary>One line of at most so many characters, for a name or a summary.</summary>
    public static string OneLine(string text, int longest)
    {
        var line = string.Join(' ', Storable(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        line = string.Concat(line.Where(character => !char.IsControl(character)));
        return line.Length <= longest ? line : string.Concat(line.AsSpan(0, longest - 1), "…");
    }

    private static string Storable(string? text, string what)
    {
        var trimmed = text?.Trim() ?? string.Empty;
        if (trimmed.Length == 0)
        {
            throw Invalid($"The {what} is empty.", text, null);
        }

        return IsStorable(trimmed)
            ? trimmed
            : throw Invalid($"The {what} holds U+0000 or half a surrogate pair, which cannot be kept as text.", what, "Remove that character.");
    }

    private static bool IsStorable(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\0' || (char.IsSurrogate(text[index]) && !char.IsSurrogatePair(text, index)))
            {
                return false;
            }

            index += char.IsHighSurrogate(text[index]) ? 1 : 0;
        }

        return true;
    }

    private static bool IsLineBreakOrControl(char character) => char.IsControl(character) || character is '\u2028' or '\u2029';

    private static IncidentException Invalid(string message, object? subject, string? advice) => new(FailureKind.ArgumentInvalid, message, subject, advice: advice);
}
