using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Cmdlet.Tests.Harness;

/// <summary>A real runspace with the module imported, as a person at a prompt has it.</summary>
internal sealed class Shell : IDisposable
{
    private readonly Runspace _runspace;
    private readonly List<PowerShell> _invocations = [];

    public Shell(ScriptedHost? host = null)
    {
        Host = host ?? new ScriptedHost();
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Paths.ModuleManifest]);
        _runspace = RunspaceFactory.CreateRunspace(Host, state);
        _runspace.Open();
    }

    /// <summary>What the person sees, and answers.</summary>
    public ScriptedHost Host { get; }

    public Runspace Runspace => _runspace;

    /// <summary>Runs a script; a terminating error comes back in <see cref="Outcome.Error"/>.</summary>
    public Outcome Run(string script, params object[] input)
    {
        // Disposed with the shell only: disposing it empties the streams that the outcome shows.
        var shell = PowerShell.Create(_runspace);
        _invocations.Add(shell);
        shell.AddScript(script);
        try
        {
            var output = input.Length == 0 ? shell.Invoke() : shell.Invoke(input);
            return new Outcome([.. output], shell.Streams, null);
        }
        catch (RuntimeException failure)
        {
            return new Outcome([], shell.Streams, failure.ErrorRecord);
        }
    }

    /// <summary>Runs a script that is expected to fail; returns the error's id before the comma.</summary>
    public string FailureOf(string script)
    {
        var outcome = Run(script);
        var error = outcome.Error ?? (outcome.Errors.Count > 0 ? outcome.Errors[0] : null);
        Assert.True(error is not null, $"expected an error from: {script}");
        return error.FullyQualifiedErrorId.Split(',')[0];
    }

    /// <summary>Runs a script that is expected to succeed; returns its output as .NET objects.</summary>
    public IReadOnlyList<T> Get<T>(string script)
    {
        var outcome = Run(script);
        Assert.True(outcome.Error is null, $"{script}: {outcome.Error?.FullyQualifiedErrorId}: {outcome.Error}");
        Assert.True(outcome.Errors.Count == 0, $"{script}: {string.Join("; ", outcome.Errors)}");
        return [.. outcome.Output.Select(item => (T)item.BaseObject)];
    }

    /// <summary>What Tab offers behind a line. A completion gives up after a second, which a busy machine may need for others: until the expected is offered it is asked again.</summary>
    public IReadOnlyList<string> Complete(string line, string expected)
    {
        for (var tries = 1; ; tries++)
        {
            using var shell = PowerShell.Create(_runspace);
            string[] offered = [.. CommandCompletion.CompleteInput(line, line.Length, null, shell).CompletionMatches.Select(match => match.CompletionText)];
            if (offered.Contains(expected) || tries == 20)
            {
                return offered;
            }
        }
    }

    public void Dispose()
    {
        _invocations.ForEach(invocation => invocation.Dispose());
        _runspace.Dispose();
    }
}

/// <param name="Output">What was written.</param>
/// <param name="Streams">Errors, warnings, verbose, progress.</param>
/// <param name="Error">The terminating error, if there was one.</param>
internal sealed record Outcome(IReadOnlyList<PSObject> Output, PSDataStreams Streams, ErrorRecord? Error)
{
    public IReadOnlyList<ErrorRecord> Errors => [.. Streams.Error];
}
