using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;
using MalariaIncident.Host.CommandLines;
using MalariaIncident.Host.Terminals;

namespace MalariaIncident.Host.Sessions;

/// <summary>The interactive prompt: PSReadLine for editing, history and Tab, as in pwsh; plain lines on a terminal that cannot do that.</summary>
internal sealed class Conversation
{
    private readonly Session _session;
    private readonly Interrupts _interrupts;
    private readonly bool _edits;
    private bool _nestedEnds;

    private Conversation(Session session, Interrupts interrupts)
    {
        _session = session;
        _interrupts = interrupts;
        _edits = session.Terminal.HasColours && CanEdit(session);
        session.Host.NestedPrompt = Nest;
        session.Host.EndNestedPrompt = () => _nestedEnds = true;
    }

    public static int Hold(CommandLine line)
    {
        if (!Terminal.IsForPeople || line.NonInteractive)
        {
            return ScriptRun.Run(line with { Mode = Mode.StandardInput });
        }

        var outcome = new Outcome();
        var terminal = new Terminal();
        using var session = Session.Open(terminal, outcome, mayAsk: true);
        using var interrupts = new Interrupts(session.Stop);
        if (!line.NoLogo)
        {
            terminal.Write(
                $"""
                {Ansi.Bold}malaria-incident {Usage.Version}{Ansi.Reset} {Ansi.Dim}(PowerShell {Usage.PowerShellVersion}){Ansi.Reset}
                Get-Help about_MalariaIncident shows the way through an incident; 'exit' leaves.


                """);
        }

        var conversation = new Conversation(session, interrupts);
        while (!outcome.ShouldExit && conversation.ReadStatement() is { } statement)
        {
            // A Ctrl+C over a half-typed line stopped nothing: the first one of the command must not count as the second, which ends the process.
            interrupts.Reset();
            session.Run(shell => shell.AddScript(statement), addToHistory: true);
            interrupts.Reset();
        }

        // A person has seen every error on the screen; only what they said with 'exit n' is a result.
        return outcome.ShouldExit ? outcome.ExitCode : Outcome.Ok;
    }

    private void Nest()
    {
        while (!_nestedEnds && !_session.Outcome.ShouldExit && ReadStatement() is { } statement)
        {
            var leaves = string.Equals(statement.Trim(), "exit", StringComparison.OrdinalIgnoreCase);
            _interrupts.Reset();
            _session.Run(shell => shell.AddScript(leaves ? "$Host.ExitNestedPrompt()" : statement));
            _interrupts.Reset();
        }

        _nestedEnds = false;
    }

    /// <summary>One whole statement, over several lines where it needs them; null at the end of input.</summary>
    private string? ReadStatement()
    {
        var prompt = AskForText("prompt") ?? "PS> ";
        _session.Terminal.Write(prompt);
        if (_edits)
        {
            return AskForText("PSConsoleHostReadLine") ?? "";
        }

        var text = new StringBuilder();
        while (Console.In.ReadLine() is { } line)
        {
            text.AppendLine(line);
            Parser.ParseInput(text.ToString(), out _, out var errors);
            if (line.Length == 0 || !errors.Any(error => error.IncompleteInput))
            {
                return text.ToString();
            }

            _session.Terminal.Write(">> ");
        }

        return null;
    }

    private string? AskForText(string function) => _session.Ask(shell => shell.AddCommand(function)) is [var text, ..] ? text.ToString() : null;

    private static bool CanEdit(Session session)
    {
        try
        {
            session.Ask(shell => shell.AddCommand("Import-Module").AddParameter("Name", "PSReadLine").AddParameter("ErrorAction", "Stop"));
            return true;
        }
        catch (RuntimeException)
        {
            return false;
        }
    }
}
