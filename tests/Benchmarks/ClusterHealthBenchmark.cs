using System.Diagnostics;
using MalariaIncident;
using MalariaIncident.Engine;

namespace Benchmarks;

/// <summary>
/// What the runbook types (<c>kubectl get pods -A</c>, <c>get nodes</c>, <c>top nodes</c>, one after the other) against one Get-ClusterHealth, which
/// also reads what is wrong in detail. Runs alternate, so that a busy machine is busy for all.
/// </summary>
internal sealed class ClusterHealthBenchmark(Target target, Options options, Scoreboard scores)
{
    private const string Trio = "kubectl trio";
    private const string Warm = "engine, later calls";

    /// <summary>Later calls are short: several make one figure of the server's processor time.</summary>
    private const int CallsInOne = 3;

    public async Task RunAsync()
    {
        var series = new Series();
        await target.LearnIdleAsync();
        await using var engine = new EngineRooms();
        var sessions = new Sessions(options, target);
        ClusterHealth seen = await GetAsync(engine, new());
        var growth = new List<long>();
        for (int run = 0; run < options.Runs; run++)
        {
            series.Add(Trio, await target.WithServerAsync(() => Task.FromResult(
                new[] { "get pods -A", "get nodes", "top nodes" }.Select(target.RunKubectl).Aggregate(Measured.Add))));
            foreach (var (name, start, _) in sessions.All())
            {
                series.Add($"new {name}: Get-ClusterHealth", await target.WithServerAsync(() => Task.FromResult(start("$null = Get-ClusterHealth"))));
                series.Add($"new {name}: nothing", start("$null"));
            }

            series.Add(Warm, await InProcessAsync(engine, new(), growth));
            series.Add("engine, later calls, no details", await InProcessAsync(engine, new() { MaximumDetails = 0, LogLines = 0 }, []));
        }

        Console.WriteLine($"\nGet-ClusterHealth: {seen.Pods} pods ({seen.UnhealthyPods} unhealthy), {seen.Nodes} nodes, {seen.Findings.Count} findings");
        series.Print(Trio);
        Console.WriteLine($"memory of a later call on top of the session: {Measured.Median(growth, bytes => bytes) / 1e6:0} MB");
        Score(series, growth);
    }

    private void Score(Series series, List<long> growth)
    {
        Measured trio = series[Trio];
        scores.AtLeast("Get-ClusterHealth, later calls: wall against the trio", trio.Wall / series[Warm].Wall, 30);
        if (trio.ServerCpu > TimeSpan.Zero)
        {
            scores.AtLeast("Get-ClusterHealth, later calls: server CPU against the trio", trio.ServerCpu / series[Warm].ServerCpu, 15);
        }

        scores.AtMost("Get-ClusterHealth, later calls: memory on top of the session", Measured.Median(growth, bytes => bytes) / 1e6, 40, "MB");
        foreach (var (name, _, _) in new Sessions(options, target).All())
        {
            Measured whole = series[$"new {name}: Get-ClusterHealth"];
            scores.AtLeast($"Get-ClusterHealth, a new {name} process: wall against the trio", trio.Wall / whole.Wall, 6);
            scores.AtLeast($"Get-ClusterHealth, a new {name} process: peak memory against the trio", (double)trio.PeakBytes / whole.PeakBytes, 6);
        }
    }

    private async Task<Measured> InProcessAsync(EngineRooms engine, HealthOptions health, List<long> growth)
    {
        long before = PeakMemory.Begin();
        using Process here = Process.GetCurrentProcess();
        TimeSpan cpu = here.TotalProcessorTime;
        var walls = new List<TimeSpan>();
        Measured all = await target.WithServerAsync(async () =>
        {
            for (int call = 0; call < CallsInOne; call++)
            {
                var clock = Stopwatch.StartNew();
                await GetAsync(engine, health);
                walls.Add(clock.Elapsed);
            }

            here.Refresh();
            return new Measured(TimeSpan.Zero, (here.TotalProcessorTime - cpu) / CallsInOne, here.PeakWorkingSet64);
        });
        growth.Add(PeakMemory.Above(before));
        return all with { Wall = Measured.Median(walls, wall => wall), ServerCpu = all.ServerCpu / CallsInOne };
    }

    private static Task<ClusterHealth> GetAsync(EngineRooms engine, HealthOptions health) =>
        engine.Clusters.GetHealthAsync(new Scope { Timeout = TimeSpan.FromMinutes(2) }, health, CancellationToken.None);
}
