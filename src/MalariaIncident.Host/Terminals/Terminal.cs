using System.Text;

namespace MalariaIncident.Host.Terminals;

/// <summary>Standard output and error, each judged for itself: a terminal with or without colours, or a file or pipe.</summary>
internal sealed class Terminal
{
    private const int WidthOfAFile = 120;

    private readonly Lock _gate = new();
    private readonly bool _noColour = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        || string.Equals(Environment.GetEnvironmentVariable("TERM"), "dumb", StringComparison.Ordinal);

    private ProgressLine? _progress;
    private int _lineEnds = 2;

    /// <summary>True where a person can see the output and answer.</summary>
    public static bool IsForPeople => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    /// <summary>Colours on standard output.</summary>
    public bool HasColours => !Console.IsOutputRedirected && !_noColour;

    /// <summary>Widest line that is worth writing; set by the drill for pages that read well.</summary>
    public int? MaximumWidth { get; init; }

    /// <summary>Columns of the output.</summary>
    public int Width => Math.Min(MaximumWidth ?? int.MaxValue, Console.IsOutputRedirected ? WidthOfAFile : Math.Max(20, Console.WindowWidth));

    /// <summary>Says UTF-8 on every system, without a mark at the beginning.</summary>
    public static void SpeakUtf8()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        Console.OutputEncoding = utf8;
        if (Console.IsInputRedirected)
        {
            Console.InputEncoding = utf8;
        }
    }

    /// <summary>Writes to standard output.</summary>
    public void Write(string text)
    {
        Write(Console.Out, Console.IsOutputRedirected, text);
        var ends = text.Reverse().TakeWhile(character => character is '\r' or '\n').Count(character => character == '\n');
        _lineEnds = text.All(character => character is '\r' or '\n') ? _lineEnds + ends : ends;
    }

    /// <summary>Leaves exactly one empty line before what follows, however the output before it ended.</summary>
    public void Separate()
    {
        while (_lineEnds < 2)
        {
            Write(Environment.NewLine);
        }
    }

    /// <summary>Writes a line to standard error.</summary>
    public void WriteErrorLine(string text) => Write(Console.Error, Console.IsErrorRedirected, text + Environment.NewLine);

    /// <summary>The same, coloured where standard error is a terminal.</summary>
    public void WriteErrorLine(string text, string colour)
        => WriteErrorLine(text.Contains('\x1b', StringComparison.Ordinal) ? text : $"{colour}{text}{Ansi.Reset}");

    /// <summary>Shows progress on standard error, where that is a terminal.</summary>
    public void ShowProgress(string activity, string? status, int percent)
    {
        if (Console.IsErrorRedirected)
        {
            return;
        }

        lock (_gate)
        {
            _progress ??= new ProgressLine(Console.Error, !_noColour);
            _progress.Draw(activity, status, percent, Math.Max(20, Console.WindowWidth));
        }
    }

    /// <summary>Takes the progress line away.</summary>
    public void EndProgress()
    {
        lock (_gate)
        {
            _progress?.Clear();
        }
    }

    private void Write(TextWriter writer, bool redirected, string text)
    {
        text = MaximumWidth is null ? text : LongLines.Fold(text, Width);
        var shown = redirected ? TerminalText.Uncoloured(text) : _noColour ? TerminalText.Plain(text) : TerminalText.Coloured(text);
        lock (_gate)
        {
            try
            {
                _progress?.Clear();
                writer.Write(shown);
                writer.Flush();
            }
            catch (IOException)
            {
                // The reader of a pipe has left ("| head"). A mitigation that is under way must not stop for that.
            }
        }
    }
}
