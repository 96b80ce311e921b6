using System.Text;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>Text that a server, a pod or a file wrote, made safe to put into a message or on a terminal.</summary>
internal static class PlainText
{
    /// <summary>One line without control or direction-changing characters, shortened to <paramref name="longest"/>.</summary>
    public static string OneLine(string? text, int longest)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        var line = new StringBuilder(Math.Min(text.Length, longest) + 1);
        bool space = false;
        foreach (char letter in text)
        {
            if (letter is '\n' or '\r' or '\t' or ' ')
            {
                space = line.Length > 0;
                continue;
            }

            if (char.IsControl(letter) || letter is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f' or '\u061c')
            {
                continue;
            }

            if (line.Length + (space ? 1 : 0) >= longest)
            {
                return line.Append('…').ToString();
            }

            if (space)
            {
                line.Append(' ');
                space = false;
            }

            line.Append(letter);
        }

        return line.ToString();
    }
}
