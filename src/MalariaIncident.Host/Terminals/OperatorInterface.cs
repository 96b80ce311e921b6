using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using MalariaIncident.Host.Sessions;

namespace MalariaIncident.Host.Terminals;

/// <summary>Results to standard output, everything about them (errors, warnings, progress) to standard error, questions to a person or nobody.</summary>
internal sealed class OperatorInterface(Terminal terminal, Outcome outcome, bool mayAsk) : PSHostUserInterface
{
    private readonly Questions _questions = new(terminal);

    public override PSHostRawUserInterface RawUI { get; } = new OperatorRawInterface(terminal);

    public override bool SupportsVirtualTerminal => terminal.HasColours;

    public override void Write(string value) => terminal.Write(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
        => terminal.Write(Ansi.Paint(value, foregroundColor, backgroundColor));

    public override void WriteLine(string value) => terminal.Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value) => terminal.WriteErrorLine(value, Ansi.Red);

    public override void WriteWarningLine(string message) => terminal.WriteErrorLine($"WARNING: {message}", Ansi.Yellow);

    public override void WriteVerboseLine(string message) => terminal.WriteErrorLine($"VERBOSE: {message}", Ansi.Grey);

    public override void WriteDebugLine(string message) => terminal.WriteErrorLine($"DEBUG: {message}", Ansi.Grey);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (record.RecordType == ProgressRecordType.Completed)
        {
            terminal.EndProgress();
        }
        else
        {
            terminal.ShowProgress(record.Activity, record.StatusDescription, Math.Min(record.PercentComplete, 100));
        }
    }

    public override string ReadLine()
    {
        if (!mayAsk && !(Console.IsInputRedirected && outcome.InputIsData))
        {
            throw NobodyToAsk("A line of input was asked for.");
        }

        terminal.EndProgress();
        return Console.In.ReadLine() ?? throw NobodyToAsk("A line of input was asked for, and the input has ended.");
    }

    public override SecureString ReadLineAsSecureString() => Person("A secret was asked for.").ReadSecret();

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
        => Person($"Values were asked for: {string.Join(", ", descriptions.Select(field => field.Name))}.").AskForFields(caption, message, descriptions);

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        => Person($"This needs an answer: '{message.ReplaceLineEndings(" ").Trim()}'.").AskForChoice(caption, message, choices, defaultChoice);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName)
        => Person("A user name and password were asked for.").AskForCredential(caption, message, userName);

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
        => PromptForCredential(caption, message, userName, targetName);

    /// <summary>
    /// The answer to every question where no person can answer. Input that is not a terminal is never taken for a person: an "A" in it
    /// would approve a change that nobody saw.
    /// </summary>
    public static HostException NobodyToAsk(string question) => new(
        $"{question} Nobody can answer: the input is not a terminal, or -NonInteractive was given. Nothing was approved. Look with -WhatIf, then say -Confirm:$false, and give every value by parameter.",
        innerException: null!,
        "ConfirmationImpossible",
        ErrorCategory.InvalidOperation);

    private Questions Person(string question)
    {
        if (!mayAsk)
        {
            throw NobodyToAsk(question);
        }

        terminal.EndProgress();
        return _questions;
    }
}
