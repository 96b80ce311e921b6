using System.Globalization;
using System.Text;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Reports;

/// <summary>
/// Text of people and logs in which nothing hides: what shows nothing itself but changes how the rest is read (terminal sequences,
/// bidirectional overrides, zero-width marks, lone surrogates) is written as its escape.
/// </summary>
internal static class VisibleText
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;

    /// <summary>One line.</summary>
    public static string Line(string text) => Write(text, keepLines: false, int.MaxValue);

    /// <summary>One line of at most so many characters; the cut is marked.</summary>
    public static string Line(string text, int maximumLength) => Write(text, keepLines: false, maximumLength);

    /// <summary>Lines stay lines.</summary>
    public static IReadOnlyList<string> Lines(string text, int maximumLength) =>
        Write(text, keepLines: true, maximumLength).Split('\n', StringSplitOptions.TrimEntries);

    private static string Write(string text, bool keepLines, int maximumLength)
    {
        var visible = new StringBuilder(Math.Min(text.Length, maximumLength));
        for (var index = 0; index < text.Length;)
        {
            if (visible.Length >= maximumLength)
            {
                return visible.Append(CultureInfo.InvariantCulture, $"… ({Amount.Of(text.Length - index, "more character")} {Amount.Word(text.Length - index, "stands", "stand")} in the journal)").ToString();
            }

            if (!Rune.TryGetRuneAt(text, index, out var rune))
            {
                Escape(visible, text[index]);
                index++;
                continue;
            }

            index += rune.Utf16SequenceLength;
            Append(visible, rune, keepLines, followedByNewline: index < text.Length && text[index] == '\n');
        }

        return keepLines ? visible.ToString().Trim() : visible.ToString().Trim(' ');
    }

    private static void Append(StringBuilder visible, Rune rune, bool keepLines, bool followedByNewline)
    {
        switch (rune.Value)
        {
            case '\r' when followedByNewline:
                return;
            case '\n':
                visible.Append(keepLines ? '\n' : ' ');
                return;
            case '\t':
                visible.Append(' ');
                return;
            // Emoji and several scripts are spelled with these two.
            case ZeroWidthJoiner or ZeroWidthNonJoiner:
                visible.Append(rune);
                return;
        }

        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        {
            Escape(visible, rune.Value);
            return;
        }

        visible.Append(rune);
    }

    private static void Escape(StringBuilder visible, int value) =>
        visible.Append(value > 0xFFFF ? "\\U" : "\\u").Append(value.ToString(value > 0xFFFF ? "X8" : "X4", CultureInfo.InvariantCulture));
}
