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
    public static async Task<(int Code, string Output, string Error)> RunAsync(string kubeConfig, string line, string? input = null)
    {
        for (var tries = 1; ; tries++)
        {
            var run = await RunOnceAsync(kubeConfig, line, input);
            if (tries == 20 || !run.Error.Contains("discarding message", StringComparison.Ordinal)) return run;
        }
    }

    /// <summary>Runs a kubectl that does not end by itself until it has printed all of these.</summary>
    public static async Task UntilAsync(string kubeConfig, string line, params string[] words)
    {
        using var process = Start(kubeConfig, line);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var printed = "";
        try
        {
            while (!words.All(word => printed.Contains(word, StringComparison.Ordinal)))
                printed += await process.StandardOutput.ReadLineAsync(deadline.Token) is { } more ? more + "\n" : throw new EndOfStreamException();
        }
        catch (Exception failure) when (failure is OperationCanceledException or EndOfStreamException)
        {
            Assert.Fail($"kubectl {line} did not print all of {string.Join(", ", words)}:\n{printed}");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunOnceAsync(string kubeConfig, string line, string? input)
    {
        using var process = Start(kubeConfig, line);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
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

    private static Process Start(string kubeConfig, string line)
    {
        Skip.If(Program is null, "No kubectl is installed here.");
        return Process.Start(new ProcessStartInfo(Program, line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment = { ["KUBECONFIG"] = kubeConfig, ["HOME"] = Path.GetDirectoryName(kubeConfig) },
        })!;
    }
}
