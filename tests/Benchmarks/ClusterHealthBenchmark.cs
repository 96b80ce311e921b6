using System.Diagnostics;
using MalariaIncident;
using MalariaIncident.Engine;

namespace Benchmarks;

/// <summary>
/// What the runbook types (<c>kubectl get pods -A</c>, <c>get nodes</c>, <c>top nodes</c>, one after the other) against one Get-ClusterHealth, which
/// also reads what is wrong in detail. Medians of runs that alternate, so that a busy machine is busy for both.
/// </summary>
internal sealed class ClusterHealthBenchmark(string kubeConfig, int runs, Func<TimeSpan> serverCpu)
{
    public async Task RunAsync()
    {
        Environment.SetEnvironmentVariable("KUBECONFIG", kubeConfig);
        var rows = new Dictionary<string, List<(Measured Client, TimeSpan Server)>>(StringComparer.Ordinal);
        await using var engine = new EngineRooms();
        ClusterHealth? seen = null;
        for (int run = 0; run < runs; run++)
        {
            await MeasureAsync("kubectl trio", rows, () => Task.FromResult(Trio()));
            await MeasureAsync("Get-ClusterHealth, new process", rows, () => Task.FromResult(NewProcess("Get-ClusterHealth | Out-Null")));
            await MeasureAsync("an empty command, new process", rows, () => Task.FromResult(NewProcess("$null")));
            await MeasureAsync(run == 0 ? "engine, first call of a process" : "engine, later calls", rows, async () =>
            {
                (Measured measured, seen) = await InProcessAsync(engine, new HealthOptions());
                return measured;
            });
            await MeasureAsync("engine, later calls, survey only", rows, async () => (await InProcessAsync(engine, new HealthOptions { MaximumDetails = 0, LogLines = 0 })).Measured);
        }

        Print(rows, seen!);
    }

    private Measured Trio() => new[] { "get pods -A", "get nodes", "top nodes" }
        .Select(arguments => Programs.Run("kubectl", ["--kubeconfig", kubeConfig, .. arguments.Split(' ')]))
        .Aggregate(Measured.Add);

    private Measured NewProcess(string script) => Programs.Run("dotnet", [Programs.Host, "-Command", script], ("KUBECONFIG", kubeConfig));

    private static async Task<(Measured Measured, ClusterHealth Health)> InProcessAsync(EngineRooms engine, HealthOptions options)
    {
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        ClusterHealth health = await engine.Clusters.GetHealthAsync(new Scope { Timeout = TimeSpan.FromMinutes(2) }, options, CancellationToken.None);
        TimeSpan wall = clock.Elapsed;
        using Process here = Process.GetCurrentProcess();
        return (new Measured(wall, here.TotalProcessorTime - cpu, here.PeakWorkingSet64), health);
    }

    private async Task MeasureAsync(string name, Dictionary<string, List<(Measured, TimeSpan)>> rows, Func<Task<Measured>> measure)
    {
        TimeSpan before = serverCpu();
        Measured measured = await measure();
        if (!rows.TryGetValue(name, out List<(Measured, TimeSpan)>? list))
        {
            rows[name] = list = [];
        }

        list.Add((measured, serverCpu() - before));
    }

    private static void Print(Dictionary<string, List<(Measured Client, TimeSpan Server)>> rows, ClusterHealth seen)
    {
        Console.WriteLine($"{seen.Pods} pods ({seen.UnhealthyPods} not ready), {seen.Nodes} nodes, {seen.Findings.Count} findings; {Environment.ProcessorCount} cores");
        Console.WriteLine();
        Console.WriteLine($"| {"median of " + rows.Values.Max(list => list.Count) + " runs",-34} | wall s | client CPU s | client MB | server CPU s | trio takes |");
        Console.WriteLine($"|{new string('-', 36)}|-------:|-------------:|----------:|-------------:|-----------:|");
        Measured trio = Measured.Median(rows["kubectl trio"].Select(run => run.Client));
        foreach ((string name, List<(Measured Client, TimeSpan Server)> list) in rows)
        {
            Measured median = Measured.Median(list.Select(run => run.Client));
            TimeSpan server = list.Select(run => run.Server).Order().ElementAt(list.Count / 2);
            Console.WriteLine(
                $"| {name,-34} | {median.Wall.TotalSeconds,6:0.00} | {median.Cpu.TotalSeconds,12:0.00} | {median.PeakBytes / 1e6,9:0} | {server.TotalSeconds,12:0.00} | {trio.Wall / median.Wall,9:0.0}× |");
        }
    }
}
