using System.Diagnostics;

namespace Cmdlet.Tests.Harness;

/// <summary>The sandbox as a program of its own; it ends with its input, and so with us.</summary>
internal sealed class SandboxProcess : IDisposable
{
    /// <summary>The sandboxes of a run make one database to copy theirs from. Named as a sandbox names its own, so that the next one clears up after a run that was killed.</summary>
    private static readonly string PostgresTemplates = MakePostgresTemplates();

    private readonly Process _process;

    private SandboxProcess(Process process, string environmentFile)
    {
        _process = process;
        EnvironmentFile = environmentFile;
    }

    public string EnvironmentFile { get; }

    public bool HasDatabase => File.ReadAllText(EnvironmentFile).Contains("database:", StringComparison.Ordinal);

    public bool HasPooler => File.ReadAllText(EnvironmentFile).Contains("poolerConsole:", StringComparison.Ordinal);

    /// <summary>How many commands the pooler has been given that could have changed something, by its own log.</summary>
    public int PoolerCommands => Directory.EnumerateFiles(Path.GetDirectoryName(EnvironmentFile)!, "pgbouncer.log", SearchOption.AllDirectories)
        .Sum(log => File.ReadLines(log).Count(line => line.Contains("command issued", StringComparison.Ordinal)));

    /// <summary>The requests so far that could have changed something in the cluster: <c>write PATCH /apis/…</c>.</summary>
    public IReadOnlyList<string> Writes
    {
        get
        {
            var log = Path.Combine(Path.GetDirectoryName(EnvironmentFile)!, "requests.log");
            using var file = new StreamReader(new FileStream(log, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite));
            return [.. file.ReadToEnd().Split('\n').Where(line => line.StartsWith("write ", StringComparison.Ordinal))];
        }
    }

    public static SandboxProcess Start(params string[] faults)
    {
        string[] arguments = [Paths.SandboxProgram, "up", .. faults.SelectMany(fault => new[] { "--fault", fault })];
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MALARIA_INCIDENT_POSTGRES_TEMPLATES"] = PostgresTemplates;
        var process = Process.Start(start)!;
        var notes = process.StandardError.ReadToEndAsync();
        var ready = process.StandardOutput.ReadLine();
        Assert.True(ready?.StartsWith("ready ", StringComparison.Ordinal), $"The sandbox did not start: {ready} {(ready is null ? notes.Result : "")}");
        return new(process, ready!["ready ".Length..]);
    }

    /// <summary>Ends it as a crash would: nothing of its own runs any more.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    private static string MakePostgresTemplates()
    {
        var folder = Directory.CreateTempSubdirectory($"malaria-incident-postgres-{Environment.ProcessId}-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(folder);
        return folder;
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A sandbox that was killed may still be copying from it; the next run clears it up.
        }
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
