using System.Diagnostics;
using System.Globalization;
using MalariaIncident.Host.CommandLines;
using MalariaIncident.Host.Sessions;
using MalariaIncident.Host.Terminals;

namespace MalariaIncident.Host.Drills;

/// <summary>Plays a whole incident against a sandbox on this machine, statement by statement, as an operator would have typed it.</summary>
internal sealed class Drill(Terminal terminal, DrillPage page, string folder)
{
    private static readonly string[] Faults = ["bad-release", "blocked-table"];

    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public static int Play(CommandLine line)
    {
        var terminal = new Terminal { MaximumWidth = DrillPage.Width };
        var page = new DrillPage(terminal);
        try
        {
            return new Drill(terminal, page, Folder(line.Directory)).Play();
        }
        catch (OperationCanceledException)
        {
            page.Failure("The drill was stopped.");
            return Outcome.Stopped;
        }
        catch (Exception failure) when (failure is DrillException or IOException or UnauthorizedAccessException)
        {
            page.Failure($"The drill cannot be played: {failure.Message}");
            return Outcome.Failed;
        }
    }

    private int Play()
    {
        page.Title("malaria-incident drill");
        page.Explain(
            "A new release of the prediction API crashes, and a forgotten transaction holds a table. The cluster, the database and the "
            + "application are a sandbox on this machine; nothing else is touched. Every line after PS> works the same against your own.");
        var outcome = new Outcome();
        Session? session = null;
        using var stop = new CancellationTokenSource();
        using var interrupts = new Interrupts(() =>
        {
            stop.Cancel();
            outcome.Stop();
            session?.Stop();
        });
        terminal.ShowProgress("Starting the sandbox", "a cluster, a database, an application", percent: -1);
        using var sandbox = SandboxProcess.Start(Faults, stop.Token);
        page.Note($"{Ansi.Dim}The sandbox is ready after {DrillPage.Seconds(_watch.Elapsed)}.{Ansi.Reset}");
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS", sandbox.EnvironmentsFile);
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_STORE", Path.Combine(folder, "journal.db"));
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT", value: null);
        Environment.CurrentDirectory = folder;

        using var opened = session = Session.Open(terminal, outcome, mayAsk: false);
        var parts = DrillScript.Read(Path.Combine(AppContext.BaseDirectory, "Drill.ps1"));
        var played = outcome.Errors == 0 && PlayParts(parts, session, interrupts, sandbox.HasDatabase);
        return Finish(played, outcome, interrupts.Came);
    }

    private bool PlayParts(IReadOnlyList<DrillPart> parts, Session session, Interrupts interrupts, bool hasDatabase)
    {
        var skips = false;
        foreach (var part in parts)
        {
            switch (part)
            {
                case DrillPart.Phase phase:
                    skips = phase.NeedsDatabase && !hasDatabase;
                    page.Phase(phase.Name);
                    if (skips)
                    {
                        page.Explain("No PostgreSQL is installed on this machine, so this phase is left out. With one, the drill finds the session that holds the table, and ends it.");
                    }

                    break;
                case var _ when skips:
                    break;
                case DrillPart.Explanation explanation:
                    page.Explain(explanation.Text);
                    break;
                case DrillPart.Statement statement:
                    page.Typed(statement);
                    if (!session.Run(shell => shell.AddScript(statement.Text)) || interrupts.Came)
                    {
                        return false;
                    }

                    break;
            }
        }

        return true;
    }

    private int Finish(bool played, Outcome outcome, bool interrupted)
    {
        var report = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.html", SearchOption.AllDirectories).FirstOrDefault() : null;
        if (interrupted)
        {
            page.Failure($"The drill was stopped. What was recorded is in {folder}.");
            return Outcome.Stopped;
        }

        if (!played || report is null)
        {
            page.Failure($"The drill failed{(played ? ": no report was written" : " at the step above")}. What was recorded is in {folder}.");
            return outcome.Errors > 0 ? outcome.ErrorCode : Outcome.Failed;
        }

        page.Note($"{Ansi.Bold}From the alarm to the report in {DrillPage.Seconds(_watch.Elapsed)}.{Ansi.Reset} Journal and reports stay in {folder}");
        page.Note($"Open this in a browser:{Environment.NewLine}{report}");
        return Outcome.Ok;
    }

    private static string Folder(string? named)
    {
        var folder = Path.GetFullPath(named ?? Path.Combine(
            Path.GetTempPath(),
            string.Create(CultureInfo.InvariantCulture, $"malaria-incident-drill-{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Environment.ProcessId}")));
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new DrillException($"{folder} is not empty. Name an empty or a new folder with -Directory.");
        }

        Directory.CreateDirectory(folder);
        return folder;
    }
}
