using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>Apart from the others, since the blocker is gone afterwards.</summary>
[Collection(TemporaryStore.Name)]
public sealed class StopLongQueryPipelineSpecs(BlockedDatabase database) : IClassFixture<BlockedDatabase>, IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [SkippableFact]
    public void The_blocker_is_ended_down_the_pipeline_and_the_record_says_so()
    {
        using var shell = database.OpenShell();
        shell.Run("New-Incident 'Database stuck' -Environment production");

        var results = shell.Get<QueryStopResult>("Get-LongQuery -MinimumDuration 0s -IncludeIdleInTransaction | Stop-LongQuery -RootBlockersOnly -Confirm:$false");

        var result = Assert.Single(results);
        Assert.Equal(QueryOutcome.Terminated, result.Outcome);
        Assert.NotNull(result.Incident);
        var timeline = shell.Get<IncidentEvent>("Get-IncidentTimeline");
        Assert.Contains(timeline, entry => entry.Kind == EventKind.ActionIntended);
        Assert.Contains(timeline, entry => entry.Kind == EventKind.ActionSucceeded);
        Assert.Contains(timeline, entry => entry.Text.Contains($"backend {result.ProcessId}: terminated", StringComparison.Ordinal));
        Assert.Equal(MitigationState.Done, Assert.Single(shell.Get<Mitigation>("Get-Mitigation")).State);
        Assert.Equal("MitigationNotReversible", shell.FailureOf($"Undo-Mitigation {result.MitigationId} -Confirm:$false"));
    }

    [SkippableFact]
    public void What_became_of_an_interrupted_stop_is_found_out_by_running_it_again()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs /proc, and signals that freeze a process");
        const string stop = "Stop-LongQuery -Application report-export -MinimumDuration 0s -GracePeriod 1m -Confirm:$false";
        using var shell = database.OpenShell();
        using var beside = database.OpenShell();
        shell.Run("New-Incident 'A report runs for ever' -Environment production");
        var report = Assert.Single(shell.Get<LongQuery>("Get-LongQuery -Application report-export -MinimumDuration 0s")).ProcessId;
        int[] frozen = [report, ParentOf(report)];
        Signal("STOP", report);
        try
        {
            using var prompt = PowerShell.Create(shell.Runspace);
            var running = prompt.AddScript(stop).BeginInvoke();
            while (beside.Get<Mitigation>("Get-Mitigation").Count == 0)
            {
                Thread.Sleep(50);
            }

            while (!IsCancelled(report))
            {
                Thread.Sleep(20);
            }

            // From here on nobody can ask the server how it came out.
            Signal("STOP", frozen[1]);
            prompt.Stop();
            Assert.Throws<PipelineStoppedException>(() => prompt.EndInvoke(running));
            Assert.Equal(MitigationState.Unknown, Assert.Single(beside.Get<Mitigation>("Get-Mitigation")).State);
        }
        finally
        {
            Array.ForEach(frozen, process => Signal("CONT", process));
        }

        while (beside.Get<LongQuery>("Get-LongQuery -Application report-export -MinimumDuration 0s").Count > 0)
        {
            Thread.Sleep(50);
        }

        Assert.Null(shell.Run(stop).Error);
        Assert.Equal(MitigationState.Done, Assert.Single(shell.Get<Mitigation>("Get-Mitigation")).State);
    }

    /// <summary>Whether the signal of a cancel (SIGINT, the second) waits for a frozen process to go on.</summary>
    private static bool IsCancelled(int process)
    {
        var pending = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("ShdPnd:", StringComparison.Ordinal));
        return (ulong.Parse(pending.AsSpan("ShdPnd:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 0b10) != 0;
    }

    private static int ParentOf(int process) => int.Parse(File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ')[1], CultureInfo.InvariantCulture);

    private static void Signal(string name, int process)
    {
        using var kill = Process.Start("kill", ["-s", name, process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
