using System.Diagnostics;
using System.Runtime.InteropServices;
using Cmdlet.Tests.Harness;

namespace Cmdlet.Tests.Host;

/// <summary>What a run of the host left.</summary>
/// <param name="ExitCode">Exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="ProcessId">Process id it had.</param>
internal sealed record HostRun(int ExitCode, string Output, string Error, int ProcessId = 0)
{
    /// <summary>Lines of the output that say something.</summary>
    public string[] Lines => Output.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Fails with all that was said when the exit code is another.</summary>
    public HostRun Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, expected {exitCode}{Environment.NewLine}{Output}{Environment.NewLine}{Error}");
        return this;
    }
}

/// <summary>The built host as a process, with a store of its own.</summary>
internal static class HostProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>The dotnet that runs these tests.</summary>
    public static string Dotnet { get; } = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
        ? path
        : Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");

    public static Task<HostRun> Run(params string[] arguments) => Run("", [], arguments);

    /// <summary>Runs it with a text as standard input, and variables (null removes one).</summary>
    public static async Task<HostRun> Run(string input, Dictionary<string, string?> variables, params string[] arguments)
    {
        using var process = Start(variables, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"malaria-incident {string.Join(' ', arguments)} did not end within {Limit}");
        }

        return new HostRun(process.ExitCode, await output, await error, process.Id);
    }

    /// <summary>Starts it with every stream redirected.</summary>
    public static Process Start(Dictionary<string, string?> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(Dotnet, [Paths.HostProgram, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MALARIA_INCIDENT", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MALARIA_INCIDENT_STORE"] = Path.Combine(Path.GetTempPath(), $"malaria-incident-{Guid.NewGuid():N}.db");
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
