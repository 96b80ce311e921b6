using System.Text;
using System.Text.RegularExpressions;

namespace MalariaIncident.Engine.Reports;

/// <summary>
/// Values as Markdown that says exactly what they say: no markup, no HTML, no image, no template. Only plain http and https
/// addresses become links, and those show where they lead.
/// </summary>
internal static partial class MarkdownText
{
    private const string Significant = "\\`*_{}[]|~#$^=@";

    /// <summary>A value inside a line or a table cell.</summary>
    public static string Inline(string value, int maximumLength = 2000)
    {
        var text = VisibleText.Line(value, maximumLength);
        var markdown = new StringBuilder(text.Length + 16);
        var done = 0;
        foreach (Match address in Address().Matches(text))
        {
            Escape(markdown, text.AsSpan(done, address.Index - done), atStart: done == 0);
            markdown.Append('<').Append(address.Value).Append('>');
            done = address.Index + address.Length;
        }

        Escape(markdown, text.AsSpan(done), atStart: done == 0);
        return markdown.ToString();
    }

    /// <summary>A value inside a line in which nothing becomes a link: a title.</summary>
    public static string Unlinked(string value, int maximumLength = 2000)
    {
        var markdown = new StringBuilder();
        Escape(markdown, VisibleText.Line(value, maximumLength), atStart: true);
        return markdown.ToString();
    }

    /// <summary>A value of several lines as paragraphs of its own; its line breaks stay.</summary>
    public static string Paragraphs(string value, int maximumLength = 50_000)
    {
        var paragraphs = new List<List<string>> { new() };
        foreach (var line in VisibleText.Lines(value, maximumLength))
        {
            if (line.Length > 0)
            {
                paragraphs[^1].Add(Inline(line, int.MaxValue));
            }
            else if (paragraphs[^1].Count > 0)
            {
                paragraphs.Add([]);
            }
        }

        return string.Join("\n\n", paragraphs.Where(lines => lines.Count > 0).Select(lines => string.Join("\\\n", lines)));
    }

    /// <summary>A value as code: a command to type, a hash. Fit for a table cell.</summary>
    public static string Code(string value)
    {
        var text = VisibleText.Line(value).Replace("|", "\\|", StringComparison.Ordinal);
        var fence = new string('`', Backticks().Matches(text).Select(run => run.Length).DefaultIfEmpty(0).Max() + 1);
        return fence.Length == 1 ? $"`{text}`" : $"{fence} {text} {fence}";
    }

    private static void Escape(StringBuilder markdown, ReadOnlySpan<char> text, bool atStart)
    {
        if (atStart)
        {
            text = StartOfLine(markdown, text);
        }

        foreach (var character in text)
        {
            _ = character switch
            {
                // Entities, because some renderers take a backslash before these for text and the tag for a tag.
                '<' => markdown.Append("&lt;"),
                '>' => markdown.Append("&gt;"),
                '&' => markdown.Append("&amp;"),
                _ when Significant.Contains(character, StringComparison.Ordinal) => markdown.Append('\\').Append(character),
                _ => markdown.Append(character),
            };
        }
    }

    // A list, a numbered list or an underline begins only at the start of a line.
    private static ReadOnlySpan<char> StartOfLine(StringBuilder markdown, ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        if (text.Length > 0 && text[0] is '-' or '+' or ':')
        {
            markdown.Append('\\').Append(text[0]);
            return text[1..];
        }

        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits > 0 && text[digits] is '.' or ')')
        {
            markdown.Append(text[..digits]).Append('\\').Append(text[digits]);
            return text[(digits + 1)..];
        }

        return text;
    }

    // No user information (https://bank.example@evil.example), nothing that ends a Markdown autolink, no punctuation of the sentence.
    [GeneratedRegex(@"\bhttps?://(?>[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*)(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9\-._~:/?#!$&'*+,;=%]*[A-Za-z0-9\-_~/#=%])?(?![@A-Za-z0-9:])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Address();

    [GeneratedRegex("`+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Backticks();
}
