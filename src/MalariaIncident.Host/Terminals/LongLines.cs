using System.Text;

namespace MalariaIncident.Host.Terminals;

/// <summary>Folds lines that are wider than a page between words, indented below their beginning.</summary>
internal static class LongLines
{
    private const int HangingIndent = 2;

    public static string Fold(string text, int width)
    {
        // Coloured text is formatted, or short; its width is not its length.
        if (text.Length <= width || text.Contains('\x1b', StringComparison.Ordinal))
        {
            return text;
        }

        var folded = new StringBuilder();
        foreach (var line in text.Split('\n'))
        {
            folded.Append(folded.Length > 0 ? "\n" : "");
            Fold(line, width, folded);
        }

        return folded.ToString();
    }

    private static void Fold(string line, int width, StringBuilder folded)
    {
        var indent = new string(' ', line.Length - line.TrimStart(' ').Length + HangingIndent);
        var rest = line;
        while (rest.Length > width && indent.Length < width / 2)
        {
            var cut = rest.LastIndexOf(' ', width - 1, width - indent.Length);
            if (cut <= 0)
            {
                break;
            }

            folded.Append(rest, 0, cut).Append('\n');
            rest = indent + rest[(cut + 1)..].TrimStart(' ');
        }

        folded.Append(rest);
    }
}
