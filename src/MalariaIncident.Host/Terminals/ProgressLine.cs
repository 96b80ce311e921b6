namespace MalariaIncident.Host.Terminals;

/// <summary>One line that is drawn over itself and taken away before anything else is written.</summary>
internal sealed class ProgressLine(TextWriter writer, bool coloured)
{
    private const int BarWidth = 24;
    private string _shown = "";

    public void Draw(string activity, string? status, int percent, int width)
    {
        var bar = percent < 0 ? "" : $" [{new string('=', percent * BarWidth / 100)}{new string(' ', BarWidth - (percent * BarWidth / 100))}] {percent,3}%";
        var text = TerminalText.Plain(string.IsNullOrEmpty(status) ? activity : $"{activity}: {status}").ReplaceLineEndings(" ");
        var room = Math.Max(0, width - 1 - bar.Length);
        var line = (text.Length > room ? string.Concat(text.AsSpan(0, Math.Max(0, room - 1)), "…") : text) + bar;
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
}
