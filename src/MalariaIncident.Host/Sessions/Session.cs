using System.Management.Automation;
using System.Management.Automation.Runspaces;
using MalariaIncident.Host.Terminals;
using Microsoft.PowerShell;

namespace MalariaIncident.Host.Sessions;

/// <summary>PowerShell with the module loaded: runs one pipeline at a time, shows what it writes, and can be stopped.</summary>
internal sealed class Session : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Runspace _runspace;
    private readonly Stack<PowerShell> _running = new();
    private PowerShell? _unwanted;

    private Session(Runspace runspace, OperatorHost host, Terminal terminal, Outcome outcome)
    {
        _runspace = runspace;
        Host = host;
        Terminal = terminal;
        Outcome = outcome;
    }

    public OperatorHost Host { get; }

    public Terminal Terminal { get; }

    public Outcome Outcome { get; }

    /// <summary>Starts PowerShell and imports the module from beside this program.</summary>
    public static Session Open(Terminal terminal, Outcome outcome, bool mayAsk)
    {
        Environment.SetEnvironmentVariable("PSModulePath", ModulePath());
        PSStyle.Instance.OutputRendering = terminal.HasColours ? OutputRendering.Host : OutputRendering.PlainText;
        var host = new OperatorHost(terminal, outcome, mayAsk);
        var state = InitialSessionState.CreateDefault2();
        state.Commands.Remove("Out-Default", typeof(SessionStateCmdletEntry));
        state.Commands.Add(new SessionStateCmdletEntry("Out-Default", typeof(OutOperatorCommand), helpFileName: null));
        if (OperatingSystem.IsWindows())
        {
            // Elsewhere there is no such policy. This program was started to run scripts; RemoteSigned still stops downloaded ones.
            state.ExecutionPolicy = ExecutionPolicy.RemoteSigned;
        }

        var runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        runspace.Open();
        var session = new Session(runspace, host, terminal, outcome);
        session.Run(shell => shell.AddCommand("Import-Module").AddParameter("Name", ModuleDoor.Manifest).AddParameter("ErrorAction", "Stop"));
        return session;
    }

    /// <summary>Runs a pipeline and shows everything it writes; true when no error reached the operator.</summary>
    public bool Run(Action<PowerShell> pipeline, bool addToHistory = false)
    {
        var errorsBefore = Outcome.Errors;
        ErrorRecord? terminating = null;
        using var shell = Start();
        try
        {
            pipeline(shell);
            foreach (var command in shell.Commands.Commands)
            {
                command.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
            }

            shell.AddCommand("Out-Default");
            shell.Invoke(input: null, new PSInvocationSettings { AddToHistory = addToHistory });
        }
        catch (PipelineStoppedException)
        {
            Outcome.Stop();
        }
        catch (RuntimeException failure)
        {
            // The record's own exception is a stand-in that knows no type; the thrown one tells bad input from a failure.
            terminating = new ErrorRecord(failure.ErrorRecord, failure);
        }
        finally
        {
            End();
            Terminal.EndProgress();
        }

        if (terminating is not null)
        {
            Show(terminating);
        }

        return Outcome.Errors == errorsBefore;
    }

    /// <summary>Runs a script file; its <c>exit n</c> ends the session.</summary>
    public void RunFile(string path, IEnumerable<CommandParameter> arguments)
    {
        EngineInternals.LetNextScriptExit(_runspace);
        Run(shell =>
        {
            shell.AddCommand(path, useLocalScope: false);
            foreach (var argument in arguments)
            {
                shell.Commands.Commands[0].Parameters.Add(argument);
            }
        });
    }

    /// <summary>Runs a pipeline for its results, silently.</summary>
    public IReadOnlyList<PSObject> Ask(Action<PowerShell> pipeline)
    {
        using var shell = Start();
        try
        {
            pipeline(shell);
            return [.. shell.Invoke()];
        }
        finally
        {
            End();
        }
    }

    /// <summary>Stops what is running, if anything, and what is about to: as soon as it does. Safe from any thread.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (_running.TryPeek(out var innermost))
            {
                _unwanted = innermost;
                StopIfRunning(innermost);
            }
        }
    }

    public void Dispose() => _runspace.Dispose();

    private PowerShell Start()
    {
        lock (_gate)
        {
            var shell = Create();
            shell.InvocationStateChanged += (_, _) => StopUnwanted(shell);
            _running.Push(shell);
            return shell;
        }
    }

    private void StopUnwanted(PowerShell shell)
    {
        lock (_gate)
        {
            if (_unwanted == shell)
            {
                StopIfRunning(shell);
            }
        }
    }

    /// <summary>One that has not begun would take no more commands, and one that is stopping needs no second word.</summary>
    private static void StopIfRunning(PowerShell shell)
    {
        if (shell.InvocationStateInfo.State == PSInvocationState.Running)
        {
            shell.BeginStop(callback: null, state: null);
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _running.Pop();
        }
    }

    /// <summary>Within a suspended command this thread holds a pipeline already: the next one nests in it.</summary>
    private PowerShell Create() => _running.Count == 0 ? PowerShell.Create(_runspace) : PowerShell.Create(RunspaceMode.CurrentRunspace);

    private void Show(ErrorRecord error)
    {
        // The mark by which PowerShell's own console tells an error from an error record that is merely shown.
        var marked = new PSObject(error);
        marked.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        using var shell = Create();
        shell.AddCommand("Out-Default").Invoke(new[] { marked });
    }

    private static string ModulePath()
    {
        var own = Path.Combine(AppContext.BaseDirectory, "Modules");
        var inherited = Environment.GetEnvironmentVariable("PSModulePath");
        return string.IsNullOrEmpty(inherited) ? own : own + Path.PathSeparator + inherited;
    }
}
