using System.Globalization;
using System.Text;
using MalariaIncident.Host.Terminals;

namespace MalariaIncident.Host.Drills;

/// <summary>How a drill looks: phases, a word of explanation, what was typed. Wide enough for tables, narrow enough to read.</summary>
internal sealed class DrillPage(Terminal terminal)
{
    public const int Width = 110;
    private const int TextWidth = 96;

    private int _phase;

    public static string Seconds(TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.0} s");

    public void Title(string text) => Line($"{Ansi.Bold}{text}{Ansi.Reset}");

    public void Phase(string name)
    {
        _phase++;
        var rule = new string('─', Math.Max(3, TextWidth - name.Length - 5));
        terminal.Separate();
        Line(string.Create(CultureInfo.InvariantCulture, $"{Ansi.Cyan}{_phase} · {Ansi.Bold}{name}{Ansi.Reset} {Ansi.Cyan}{rule}{Ansi.Reset}"));
    }

    public void Explain(string text)
    {
        terminal.Separate();
        foreach (var line in Wrap(text))
        {
            Line($"{Ansi.Dim}{line}{Ansi.Reset}");
        }
    }

    public void Typed(DrillPart.Statement statement)
    {
        var lines = SyntaxColours.Paint(statement).ReplaceLineEndings("\n").Split('\n');
        terminal.Separate();
        Line($"{Ansi.Green}PS>{Ansi.Reset} {lines[0]}");
        foreach (var line in lines.Skip(1))
        {
            Line($"{Ansi.Green}>>{Ansi.Reset}  {line}");
        }
    }

    public void Note(string text)
    {
        terminal.Separate();
        Line(text);
    }

    public void Failure(string text) => terminal.WriteErrorLine(text, Ansi.Red);

    private static IEnumerable<string> Wrap(string text)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > TextWidth)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }

    private void Line(string text) => terminal.Write(text + Environment.NewLine);
}
