using System.Diagnostics;

namespace Benchmarks;

/// <summary>The sandbox as a process of its own, with as many pods as were asked for.</summary>
internal sealed class SandboxProgram : IDisposable
{
    private readonly Process process;

    private SandboxProgram(Process process, string environmentFile)
    {
        this.process = process;
        EnvironmentFile = environmentFile;
    }

    public string EnvironmentFile { get; }

    public string KubeConfig => Path.Combine(Path.GetDirectoryName(EnvironmentFile)!, "kubeconfig");

    public int ProcessId => process.Id;

    public static SandboxProgram Start(int pods, int nodes, int replicas)
    {
        Process program = Programs.StartDotnet(Programs.Sandbox, ["up", "--pods", $"{pods}", "--nodes", $"{nodes}", "--replicas", $"{replicas}"]);
        // Read, so that it never waits for us.
        Task<string> complaints = program.StandardError.ReadToEndAsync();
        string? ready = program.StandardOutput.ReadLine();
        return ready?.StartsWith("ready ", StringComparison.Ordinal) == true
            ? new SandboxProgram(program, ready["ready ".Length..])
            : throw new InvalidOperationException($"The sandbox did not start: {ready} {complaints.Result}");
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(20)))
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }
}
