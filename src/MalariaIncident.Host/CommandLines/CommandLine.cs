using System.Management.Automation.Runspaces;

namespace MalariaIncident.Host.CommandLines;

/// <summary>What the program was started for.</summary>
internal enum Mode
{
    Interactive,
    Command,
    File,
    StandardInput,
    Drill,
    Version,
    Help,
    Wrong,
}

/// <summary>The command line, in the words and abbreviations that <c>pwsh</c> takes, so that a CronJob can change one for the other.</summary>
internal sealed record CommandLine(Mode Mode)
{
    private static readonly string[] Options = ["command", "file", "noninteractive", "nologo", "noprofile", "version", "help", "directory"];

    /// <summary>The command, the path of the script, or what is wrong.</summary>
    public string Text { get; init; } = "";

    /// <summary>What the script is called with.</summary>
    public IReadOnlyList<CommandParameter> Arguments { get; init; } = [];

    /// <summary>Nobody is to be asked, even on a terminal.</summary>
    public bool NonInteractive { get; init; }

    /// <summary>No greeting.</summary>
    public bool NoLogo { get; init; }

    /// <summary>Where the drill leaves its report; null for a folder of its own.</summary>
    public string? Directory { get; init; }

    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var line = new CommandLine(Mode.Interactive);
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var next = i + 1 < arguments.Count ? arguments[i + 1] : null;
            switch (OptionOf(argument))
            {
                case "command" when next is null:
                    return Wrong("-Command needs a command, for example: malaria-incident -Command \"Get-Incident\"");
                case "command" when next == "-":
                    return line with { Mode = Mode.StandardInput };
                case "command":
                    return line with { Mode = Mode.Command, Text = string.Join(' ', arguments.Skip(i + 1)) };
                case "file" when next is null:
                    return Wrong("-File needs the path of a script, for example: malaria-incident -File ./nightly.ps1 -Environment staging");
                case "file" when next == "-":
                    return line with { Mode = Mode.StandardInput };
                case "file":
                    return ScriptFile(line, next, arguments.Skip(i + 2));
                case "directory" when line.Mode == Mode.Drill && next is not null:
                    line = line with { Directory = next };
                    i++;
                    break;
                case "noninteractive":
                    line = line with { NonInteractive = true };
                    break;
                case "nologo" or "noprofile":
                    line = line with { NoLogo = true };
                    break;
                case "version":
                    return line with { Mode = Mode.Version };
                case "help":
                    return line with { Mode = Mode.Help };
                case { } unknown when unknown.Length > 0 || line.Mode == Mode.Drill:
                    return Wrong($"'{argument}' is not an option{(line.Mode == Mode.Drill ? " of drill" : "")}.");
                case { }:
                    return line with { Mode = Mode.StandardInput };
                default:
                    if (line.Mode == Mode.Drill)
                    {
                        return Wrong($"drill takes no '{argument}'.");
                    }

                    if (!string.Equals(argument, "drill", StringComparison.OrdinalIgnoreCase))
                    {
                        return ScriptFile(line, argument, arguments.Skip(i + 1));
                    }

                    line = line with { Mode = Mode.Drill };
                    break;
            }
        }

        return line;
    }

    private static CommandLine Wrong(string reason) => new(Mode.Wrong) { Text = reason };

    private static CommandLine ScriptFile(CommandLine line, string path, IEnumerable<string> arguments)
        => line with { Mode = Mode.File, Text = path, Arguments = [.. ScriptArguments.Parse(arguments)] };

    /// <summary>The option's whole name; what was typed where it is none; null where it is no option at all.</summary>
    private static string? OptionOf(string argument)
    {
        if (!argument.StartsWith('-') && argument != "/?")
        {
            return null;
        }

        var typed = argument.TrimStart('-', '/').ToLowerInvariant();
        return typed switch
        {
            "" => "",
            "?" => "help",
            "noni" => "noninteractive",
            _ => Options.Where(option => option.StartsWith(typed, StringComparison.Ordinal)).Take(2).ToArray() is [var only] ? only : typed,
        };
    }
}
