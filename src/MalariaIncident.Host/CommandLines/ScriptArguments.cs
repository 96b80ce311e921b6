using System.Management.Automation.Runspaces;

namespace MalariaIncident.Host.CommandLines;

/// <summary>What follows the path of a script: positional values, <c>-Name value</c>, <c>-Name:value</c>, <c>-Switch</c>, <c>-Switch:$false</c>.</summary>
internal static class ScriptArguments
{
    public static IEnumerable<CommandParameter> Parse(IEnumerable<string> arguments)
    {
        string? waiting = null;
        foreach (var argument in arguments)
        {
            if (waiting is not null)
            {
                yield return new CommandParameter(waiting, ValueOf(argument));
                waiting = null;
                continue;
            }

            if (argument.Length < 2 || argument[0] != '-' || char.IsAsciiDigit(argument[1]))
            {
                yield return new CommandParameter(null, argument);
                continue;
            }

            var colon = argument.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                // Whether it is a switch or takes the next value is for the script's own parameters to say: PowerShell's binder knows.
                yield return new CommandParameter(argument);
            }
            else if (colon == argument.Length - 1)
            {
                waiting = argument[..colon];
            }
            else
            {
                yield return new CommandParameter(argument[..colon], ValueOf(argument[(colon + 1)..]));
            }
        }

        if (waiting is not null)
        {
            yield return new CommandParameter(waiting);
        }
    }

    private static object ValueOf(string text) => text.ToLowerInvariant() switch
    {
        "$true" or "true" => true,
        "$false" or "false" => false,
        _ => text,
    };
}
