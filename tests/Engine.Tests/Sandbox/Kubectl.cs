using System.Diagnostics;

namespace Engine.Tests.Sandbox;

/// <summary>The real kubectl, where there is one.</summary>
internal static class Kubectl
{
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "kubectl.exe" : "kubectl")).FirstOrDefault(File.Exists);

    public static async Task<(int Code, string Output, string Error)> RunAsync(string kubeConfig, string line, string? input = null, TimeSpan? time = null)
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
