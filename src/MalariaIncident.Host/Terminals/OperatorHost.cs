using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using MalariaIncident.Host.CommandLines;
using MalariaIncident.Host.Sessions;

namespace MalariaIncident.Host.Terminals;

/// <summary>PowerShell's view of this program. Its name differs from pwsh's on purpose: it knows itself whether a person can be asked.</summary>
internal sealed class OperatorHost(Terminal terminal, Outcome outcome, bool mayAsk) : PSHost
{
    private readonly OperatorInterface _interface = new(terminal, outcome, mayAsk);

    /// <summary>Called when a person suspends a command to look around first.</summary>
    public Action? NestedPrompt { get; set; }

    /// <summary>Ends the innermost nested prompt.</summary>
    public Action? EndNestedPrompt { get; set; }

    public override string Name => "malaria-incident";

    public override Version Version { get; } = System.Version.Parse(Usage.Version.Split('-')[0]);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => _interface;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <summary>Carries <see cref="Outcome"/> to <see cref="OutOperatorCommand"/>, which the engine makes.</summary>
    public override PSObject PrivateData { get; } = new(outcome);

    public override void SetShouldExit(int exitCode) => outcome.Exit(exitCode);

    public override void EnterNestedPrompt()
    {
        if (NestedPrompt is null)
        {
            throw new PSNotSupportedException("There is no prompt to go to: this session is not interactive.");
        }

        NestedPrompt();
    }

    public override void ExitNestedPrompt() => EndNestedPrompt?.Invoke();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
