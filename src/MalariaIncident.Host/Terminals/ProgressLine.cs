namespace MalariaIncident.Host.Terminals;

/// <summary>One line that is drawn over itself and taken away before anything else is written.</summary>
internal sealed class ProgressLine(TextWriter writer, bool coloured)
{
    private const int BarWidth = 24;
    private string _shown = "";

    public void Draw(string activity, string? status, int percent, int width)
    {
        var bar = percent < 0 ? "" : $" [{new string('=', percent * BarWidth / 100)}{new string(' ', BarWidth - (percent * BarWidth / 100))}] {percent,3}%";
        var line = Fit(OneLine(activity), OneLine(status), Math.Max(0, width - 1 - bar.Length)) + bar;
        if (line == _shown)
        {
            return;
        }

        Clear();
        writer.Write(coloured ? $"{Ansi.Cyan}{line}{Ansi.Reset}" : line);
        writer.Flush();
        _shown = line;
    }

    public void Clear()
    {
        if (_shown.Length == 0)
        {
            return;
        }

        // Spaces rather than an erase sequence: this works on the plainest terminal too.
        writer.Write($"\r{new string(' ', _shown.Length)}\r");
        writer.Flush();
        _shown = "";
    }

    /// <summary>Shortens the activity first: what happens now is in the status.</summary>
    private static string Fit(string activity, string status, int room)
    {
        if (status.Length == 0)
        {
            return Cut(activity, room);
        }

        var forActivity = Math.Max(room - status.Length - 2, room / 3);
        return Cut($"{Cut(activity, forActivity)}: {status}", room);
    }

    private static string Cut(string text, int room) => text.Length <= room ? text : string.Concat(text.AsSpan(0, Math.Max(0, room - 1)), "…");

    private static string OneLine(string? text) => TerminalText.Plain(text ?? "").ReplaceLineEndings(" ");
}
