using MalariaIncident.Host.CommandLines;
using MalariaIncident.Host.Terminals;

namespace MalariaIncident.Host.Sessions;

/// <summary>Runs a command, a script file or what standard input says, and returns the exit code.</summary>
internal static class ScriptRun
{
    public static int Run(CommandLine line)
    {
        if (line.Mode == Mode.File && !File.Exists(line.Text))
        {
            return Usage.Refuse($"There is no script '{line.Text}' (looked for {Path.GetFullPath(line.Text)}).");
        }

        var fromInput = line.Mode == Mode.StandardInput;
        var text = fromInput ? Console.In.ReadToEnd() : line.Text;
        var outcome = new Outcome { InputIsData = !fromInput };
        using var session = Session.Open(new Terminal(), outcome, mayAsk: !line.NonInteractive && !Console.IsInputRedirected);
        using var interrupts = new Interrupts(() =>
        {
            outcome.Stop();
            session.Stop();
        });
        if (outcome.ExitCode != Outcome.Ok)
        {
            return outcome.ExitCode;
        }

        if (line.Mode == Mode.File)
        {
            session.RunFile(Path.GetFullPath(line.Text), line.Arguments);
        }
        else
        {
            session.Run(shell => shell.AddScript(text));
        }

        return outcome.ExitCode;
    }
}
