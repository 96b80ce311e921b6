using System.Diagnostics;
using Cmdlet.Tests.Harness;

namespace Cmdlet.Tests.Host;

/// <summary>The host on a terminal, lent by script(1) of util-linux.</summary>
internal static class Pseudoterminal
{
    private const string Script = "/usr/bin/script";

    public static bool IsAvailable => OperatingSystem.IsLinux() && File.Exists(Script);

    /// <summary>Runs it; what is typed waits in the terminal until it is read. Both streams come back as one.</summary>
    public static async Task<HostRun> Run(string typed, Dictionary<string, string?> variables, params string[] arguments)
    {
        using var process = Start(variables, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(typed);
        await process.StandardInput.FlushAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await process.WaitForExitAsync(limit.Token);
        return new HostRun(process.ExitCode, await output, "");
    }

    /// <summary>Starts it; its standard streams are the terminal's.</summary>
    public static Process Start(Dictionary<string, string?> variables, params string[] arguments)
    {
        // exec: a shell in between would answer a Ctrl+C itself, with its own exit code.
        var command = "exec " + string.Join(' ', new[] { HostProgram.Dotnet, Paths.HostProgram }.Concat(arguments).Select(Quoted));
        var start = new ProcessStartInfo(Script, ["--quiet", "--return", "--echo", "never", "--command", command, "/dev/null"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["SHELL"] = "/bin/sh";
        start.Environment.Remove("NO_COLOR");
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
