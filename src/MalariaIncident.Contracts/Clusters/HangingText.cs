namespace MalariaIncident;

/// <summary>Lines that are longer than a terminal is wide go on below their own beginning, not at the edge, where they would look like something new.</summary>
internal static class HangingText
{
    private const int Narrowest = 40;
    private const string Command = "→ ";
    // PowerShell's own sign for a line that goes on: what is copied from the screen still runs.
    private const string GoesOn = " `";

    public static IEnumerable<string> Wrap(string line, int width)
    {
        var hanging = Hanging(line);
        var isCommand = line.AsSpan().TrimStart().StartsWith(Command, StringComparison.Ordinal);
        var room = width - 1 - (isCommand ? GoesOn.Length : 0);
        if (width < Narrowest || line.Length < width || hanging.Length > room / 2)
        {
            yield return line;
            yield break;
        }

        var rest = line;
        while (rest.Length >= width)
        {
            var space = rest.LastIndexOf(' ', room);
            var isWord = space <= hanging.Length;
            // A word without end is cut, but never inside a command: the terminal wraps it then.
            if (isWord && isCommand)
            {
                break;
            }

            var end = isWord ? room : space;
            yield return rest[..end].TrimEnd() + (isCommand ? GoesOn : "");
            rest = hanging + rest[end..].TrimStart();
        }

        yield return rest;
    }

    private static string Hanging(string line)
    {
        var indent = line.Length - line.AsSpan().TrimStart().Length;
        if (line.AsSpan(indent).StartsWith("| ", StringComparison.Ordinal))
        {
            var text = indent + 2 + (line.Length - indent - 2 - line.AsSpan(indent + 2).TrimStart().Length);
            return string.Concat(line.AsSpan(0, indent), "| ", new string(' ', text - indent));
        }

        if (indent == 0)
        {
            // A finding's severity stands in a column of its own.
            return new string(' ', line.Length > 13 && line[11] == ' ' && line[12] == ' ' ? 13 : 4);
        }

        return new string(' ', indent + (line.AsSpan(indent).StartsWith(Command, StringComparison.Ordinal) ? Command.Length : 0));
    }
}
