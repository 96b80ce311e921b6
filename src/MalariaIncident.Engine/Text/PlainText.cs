using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MalariaIncident.Engine.Text;

/// <summary>Text of a stranger, made fit for a terminal.</summary>
internal static partial class PlainText
{
    /// <summary>One line without terminal sequences, control and bidirectional characters, cut to a length.</summary>
    public static string OneLine(string? text, int maximumLength)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var line = new StringBuilder(Math.Min(text.Length, maximumLength) + 1);
        var gap = false;
        foreach (var rune in TerminalSequence().Replace(text, "").EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                gap = line.Length > 0;
                continue;
            }

            // Format (bidirectional overrides, zero width) and control characters show nothing and change how the rest is read.
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format)
            {
                continue;
            }

            if (line.Length + rune.Utf16SequenceLength + (gap ? 1 : 0) > maximumLength)
            {
                return line.Append('…').ToString();
            }

            line.Append(gap ? " " : "").Append(rune);
            gap = false;
        }

        return line.ToString();
    }

    /// <summary>The same with its spaces as they are: a stack trace is read by its indentation.</summary>
    public static string Indented(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1F') && !text.AsSpan().ContainsAnyExceptInRange('\0', '~'))
        {
            return text;
        }

        var line = new StringBuilder(text.Length);
        foreach (var rune in TerminalSequence().Replace(text, "").EnumerateRunes())
        {
            if (rune.Value == '\t')
            {
                line.Append("    ");
            }
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
            {
                line.Append(rune);
            }
        }

        return line.ToString();
    }

    [GeneratedRegex(@"(?:\x1B\[|\x9B)[0-?]*[ -/]*[@-~]|(?:\x1B\]|\x9D)[^\x07\x1B\x9C]*(?:\x07|\x1B\\|\x9C)?|\x1B[ -/]*[0-~]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TerminalSequence();
}
