using System.Management.Automation;
using System.Management.Automation.Host;

namespace MalariaIncident.Commands;

/// <summary>
/// ShouldProcess, made honest where nobody can answer: there PowerShell skips the change and goes on with exit code 0, or takes an
/// "A" from piped input as approval. Here it is a terminating error.
/// </summary>
internal static class Confirmation
{
    private static int _declined;

    /// <summary>How many changes were not made in this process because of -WhatIf or a "no". The host's exit code 3.</summary>
    public static int Declined => Volatile.Read(ref _declined);

    /// <summary>True when the change may be made; shows the description under -WhatIf and in the prompt.</summary>
    public static bool IsGiven(PSCmdlet cmdlet, string description, string question)
    {
        if (WouldAsk(cmdlet) && NobodyAnswers(cmdlet.Host))
        {
            throw Impossible(question);
        }

        bool given;
        try
        {
            given = cmdlet.ShouldProcess(description, question, "Confirm");
        }
        catch (Exception failure) when (failure is HostException or PSNotImplementedException or NotImplementedException or PSInvalidOperationException)
        {
            throw Impossible(question);
        }

        if (!given)
        {
            Interlocked.Increment(ref _declined);
        }

        return given;
    }

    /// <summary>True where only a description is wanted.</summary>
    public static bool IsWhatIf(PSCmdlet cmdlet)
        => cmdlet.MyInvocation.BoundParameters.TryGetValue("WhatIf", out var whatIf) ? IsOn(whatIf) : IsOn(cmdlet.GetVariableValue("WhatIfPreference"));

    private static IncidentException Impossible(string question)
        => new(FailureKind.ConfirmationImpossible, $"Nothing was done: this needs a confirmation and the input is not a terminal. It would have asked: {question}");

    private static bool WouldAsk(PSCmdlet cmdlet)
    {
        // Before -Confirm, as for PowerShell itself: what is only described is not asked for.
        if (IsWhatIf(cmdlet))
        {
            return false;
        }

        if (cmdlet.MyInvocation.BoundParameters.TryGetValue("Confirm", out var confirm))
        {
            return IsOn(confirm);
        }

        var preference = LanguagePrimitives.TryConvertTo<ConfirmImpact>(cmdlet.GetVariableValue("ConfirmPreference"), out var level) ? level : ConfirmImpact.High;
        var attribute = (CmdletAttribute?)Attribute.GetCustomAttribute(cmdlet.GetType(), typeof(CmdletAttribute));
        return preference != ConfirmImpact.None && attribute?.ConfirmImpact >= preference;
    }

    private static bool IsOn(object? value) => value switch
    {
        SwitchParameter given => given.IsPresent,
        null => false,
        _ => LanguagePrimitives.IsTrue(value),
    };

    /// <summary>Other hosts than pwsh's console (editors, our own) know themselves whether a person is there, and throw where not.</summary>
    private static bool NobodyAnswers(PSHost host)
        => host.Name == "ConsoleHost"
            && (Console.IsInputRedirected
                || Environment.GetCommandLineArgs().Any(argument => argument.StartsWith("-noni", StringComparison.OrdinalIgnoreCase)));
}
