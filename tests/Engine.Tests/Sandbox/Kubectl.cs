using System.Diagnostics;

namespace Engine.Tests.Sandbox;

/// <summary>The real kubectl, where there is one.</summary>
internal static class Kubectl
{
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "kubectl.exe" : "kubectl")).FirstOrDefault(File.Exists);

    /// <summary>
    /// Runs kubectl; again where it says that it threw away what the server sent. kubectl before 1.34 starts to read an exec before its
    /// streams exist, and discards what comes in between ("Unknown stream id 1, discarding message"): a race of its own.
    /// </summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(string kubeConfig, string line, string? input = null, TimeSpan? time = null)
    {
        for (var tries = 1; ; tries++)
        {
            var run = await RunOnceAsync(kubeConfig, line, input, time);
            if (tries == 5 || !run.Error.Contains("discarding message", StringComparison.Ordinal)) return run;
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunOnceAsync(string kubeConfig, string line, string? input, TimeSpan? time)
    {
        Skip.If(Program is null, "No kubectl is installed here.");
        var start = new ProcessStartInfo(Program, line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment = { ["KUBECONFIG"] = kubeConfig, ["HOME"] = Path.GetDirectoryName(kubeConfig) },
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var deadline = new CancellationTokenSource(time ?? TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        return (process.ExitCode, await output, await error);
    }
}
