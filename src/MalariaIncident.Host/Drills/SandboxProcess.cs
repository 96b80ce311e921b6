using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace MalariaIncident.Host.Drills;

/// <summary>The sandbox program, as a child that ends when its standard input does: also when this process is killed.</summary>
internal sealed partial class SandboxProcess : IDisposable
{
    private const string Ready = "ready ";
    private const int LinesKept = 5;
    private const int Removals = 100;
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BetweenRemovals = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly string _folder;

    private SandboxProcess(Process process, string folder, string environmentsFile)
    {
        _process = process;
        _folder = folder;
        EnvironmentsFile = environmentsFile;
        HasDatabase = Database().IsMatch(File.ReadAllText(environmentsFile));
    }

    /// <summary>The environment file that names everything the sandbox serves.</summary>
    public string EnvironmentsFile { get; }

    /// <summary>False where no PostgreSQL is installed.</summary>
    public bool HasDatabase { get; }

    /// <summary>Starts it and waits until it serves. <see cref="DrillException"/> says why it does not.</summary>
    public static SandboxProcess Start(IEnumerable<string> faults, CancellationToken stop)
    {
        // Not inside the drill's folder: started by root, its PostgreSQL runs as another user, who may not look into a private folder.
        var folder = Path.Combine(Path.GetTempPath(), $"malaria-incident-sandbox-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-{Guid.NewGuid().ToString("N")[..8]}");
        var program = Path.Combine(AppContext.BaseDirectory, "sandbox", "MalariaIncident.Sandbox.dll");
        if (!File.Exists(program))
        {
            throw new DrillException($"The sandbox is not beside this program ({program}). Build or publish it again.");
        }

        var start = new ProcessStartInfo(Dotnet(), [program, "up", "--directory", folder, .. faults.SelectMany(fault => new[] { "--fault", fault })])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new DrillException($"{start.FileName} could not be started.");
        try
        {
            return new SandboxProcess(process, folder, WaitUntilReady(process, stop));
        }
        catch
        {
            End(process);
            Remove(folder);
            throw;
        }
    }

    /// <summary>Stops it and takes its files away: a dead cluster's kubeconfig serves nobody.</summary>
    public void Dispose()
    {
        End(_process);
        Remove(_folder);
    }

    /// <summary>The servers of a sandbox that was killed take a moment to end, and write until then. What stays behind after that lies in the folder for temporary files and harms nobody.</summary>
    private static void Remove(string folder)
    {
        for (var tries = 1; tries <= Removals && Directory.Exists(folder); tries++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                Thread.Sleep(BetweenRemovals);
            }
            catch (UnauthorizedAccessException)
            {
                return;
            }
        }
    }

    private static string WaitUntilReady(Process process, CancellationToken stop)
    {
        var complaints = new Queue<string>();
        process.ErrorDataReceived += (_, line) => Keep(complaints, line.Data);
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(StartLimit);
        try
        {
            while (process.StandardOutput.ReadLineAsync(limit.Token).AsTask().GetAwaiter().GetResult() is { } line)
            {
                if (line.StartsWith(Ready, StringComparison.Ordinal))
                {
                    // Nobody reads on from here; without this a talkative child would block on a full pipe.
                    _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                    return line[Ready.Length..].Trim();
                }

                Keep(complaints, line);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new DrillException(string.Create(CultureInfo.InvariantCulture, $"The sandbox did not start within {StartLimit.TotalSeconds} s. {Said(complaints)}"));
        }

        process.WaitForExit();
        throw new DrillException($"The sandbox ended with exit code {process.ExitCode}. {Said(complaints)}");
    }

    private static void Keep(Queue<string> lines, string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        lock (lines)
        {
            if (lines.Count < LinesKept)
            {
                lines.Enqueue(line);
            }
        }
    }

    private static string Said(Queue<string> lines)
    {
        lock (lines)
        {
            return lines.Count == 0 ? "It said nothing." : $"It said: {string.Join(Environment.NewLine, lines)}";
        }
    }

    private static void End(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(StopLimit))
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>The dotnet that runs this program; an installed one may be older, or absent from PATH.</summary>
    private static string Dotnet()
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var beside = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(beside) ? beside : "dotnet";
    }

    [GeneratedRegex(@"^\s+database:\s*\S", RegexOptions.Multiline)]
    private static partial Regex Database();
}
