using System.Globalization;
using System.Runtime.InteropServices;

namespace MalariaIncident.Sandbox.Databases;

/// <summary>A server's processes (a postmaster with its children, a cache alone), to be stopped, continued or killed as a whole.</summary>
internal sealed class ServerProcesses
{
    public const int Kill = 9;
    public static readonly int Stop = OperatingSystem.IsMacOS() ? 17 : 19;
    public static readonly int Continue = OperatingSystem.IsMacOS() ? 19 : 18;

    private readonly IReadOnlyList<int> processes;

    private ServerProcesses(IReadOnlyList<int> processes) => this.processes = processes;

    public static ServerProcesses Of(string root)
    {
        var postmaster = int.Parse(File.ReadLines(Path.Combine(root, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        var children = $"/proc/{postmaster}/task/{postmaster}/children";
        return new([
            postmaster,
            .. File.Exists(children)
                ? File.ReadAllText(children).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))
                : [],
        ]);
    }

    public static ServerProcesses FromPidFile(string path) => new([int.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture)]);

    public void Signal(int signal)
    {
        foreach (var process in processes)
        {
            // One that has ended in the meantime needs no signal.
            _ = SendSignal(process, signal);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
