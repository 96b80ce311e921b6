namespace MalariaIncident.Host.Terminals;

/// <summary>The few colours this program uses itself.</summary>
internal static class Ansi
{
    public const string Reset = "\x1b[0m";
    public const string Bold = "\x1b[1m";
    public const string Dim = "\x1b[2m";
    public const string Red = "\x1b[31;1m";
    public const string Green = "\x1b[32m";
    public const string Yellow = "\x1b[33m";
    public const string Cyan = "\x1b[36m";
    public const string Grey = "\x1b[90m";

    private static readonly int[] Codes = [30, 34, 32, 36, 31, 35, 33, 37, 90, 94, 92, 96, 91, 95, 93, 97];

    /// <summary>A text in the colours that PowerShell scripts name; negative or out of range means the terminal's own.</summary>
    public static string Paint(string text, ConsoleColor foreground, ConsoleColor background)
    {
        var codes = new List<int>(2);
        if (Enum.IsDefined(foreground))
        {
            codes.Add(Codes[(int)foreground]);
        }

        if (Enum.IsDefined(background))
        {
            codes.Add(Codes[(int)background] + 10);
        }

        return codes.Count == 0 ? text : $"\x1b[{string.Join(';', codes)}m{text}{Reset}";
    }
}
