using System.Diagnostics;
using System.Globalization;

namespace Cmdlet.Tests.Host;

/// <summary>The main job, end to end: a sandbox, a whole incident, a report.</summary>
public sealed class DrillSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("malaria-incident-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_drill_works_an_incident_from_declaration_to_report()
    {
        var run = (await HostProgram.Run("drill", "-Directory", _folder)).Expect(0);
        Assert.Equal("", run.Error);
        foreach (var expected in new[]
        {
            "PS> New-Incident -Title", "CrashLoopBackOff", "What if: Roll malaria-predictor-api back to revision 2", "PS> Close-Incident", "Resolution verified", "ActionSucceeded",
        })
        {
            Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        }

        Assert.Contains(run.Output.Contains("No PostgreSQL", StringComparison.Ordinal) ? "Free the table" : "Terminated", run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), line => Assert.True(line.Length <= 120 || line.Contains(_folder, StringComparison.Ordinal), line));
        var report = run.Lines[^1];
        Assert.StartsWith(_folder, report, StringComparison.Ordinal);
        Assert.Contains("INC-", await File.ReadAllTextAsync(report), StringComparison.Ordinal);
        Assert.Empty(SandboxFoldersOf(run.ProcessId));
        Assert.True(File.Exists(Path.Combine(_folder, "journal.db")));
    }

    [SkippableFact]
    public async Task A_drill_that_is_stopped_says_so_and_takes_its_sandbox_with_it()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs POSIX signals");
        using var process = HostProgram.Start([], "drill", "-Directory", _folder);
        process.StandardInput.Close();
        while (await process.StandardOutput.ReadLineAsync() is { } line && !line.StartsWith("PS> New-Incident", StringComparison.Ordinal))
        {
        }

        using var kill = Process.Start("kill", ["-s", "INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        Assert.Empty(SandboxFoldersOf(process.Id));
    }

    [Fact]
    public async Task A_drill_does_not_write_into_a_folder_that_is_in_use()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "mine.txt"), "mine");
        var run = await HostProgram.Run("drill", "-Directory", _folder);
        Assert.Contains("is not empty", run.Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(_folder, "mine.txt")));
    }

    private static string[] SandboxFoldersOf(int process)
        => Directory.GetDirectories(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"malaria-incident-sandbox-{process}-*"));
}
