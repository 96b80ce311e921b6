using System.Diagnostics;
using System.Globalization;
using MalariaIncident;
using MalariaIncident.Engine;

namespace Benchmarks;

/// <summary>
/// <c>kubectl logs -l … --tail=-1 | grep -c ERROR</c> over all pods and containers against Measure-ErrorRate over the same bytes. kubectl's figure of
/// speed is of the bytes that it prints; the engine reads a time stamp in front of every line on top of them.
/// </summary>
internal sealed class LogBenchmark(Target target, Options options, Scoreboard scores)
{
    private const string Piped = "kubectl logs -l | grep -c";
    private const string Ours = "engine, Measure-ErrorRate";

    private static readonly ErrorRateOptions Everything = new() { Window = TimeSpan.FromDays(31), Baseline = TimeSpan.Zero };

    public async Task RunAsync()
    {
        string selector = Selector();
        string kubectl = $"'{target.Kubectl}' --kubeconfig '{target.KubeConfig}' logs -n {target.Namespace} -l '{selector}' --tail=-1 --all-containers";
        long bytes = long.Parse(Programs.Ask("sh", ["-c", $"{kubectl} | wc -c"]).Output, CultureInfo.InvariantCulture);
        await using var engine = new EngineRooms();
        ErrorRate seen = await CountAsync(engine);
        await target.LearnIdleAsync();
        var series = new Series();
        for (int run = 0; run < options.Runs; run++)
        {
            series.Add(Piped, await target.WithServerAsync(() => Task.FromResult(Programs.Shell($"{kubectl} | grep -c ERROR || true"))));
            series.Add(Ours, await target.WithServerAsync(async () =>
            {
                long before = PeakMemory.Begin();
                using Process here = Process.GetCurrentProcess();
                TimeSpan cpu = here.TotalProcessorTime;
                var clock = Stopwatch.StartNew();
                seen = await CountAsync(engine);
                here.Refresh();
                return new Measured(clock.Elapsed, here.TotalProcessorTime - cpu, PeakMemory.Above(before));
            }));
        }

        Measured theirs = series[Piped];
        Measured ours = series[Ours];
        Console.WriteLine($"\nCounting errors: {seen.Pods.Count} pods, {seen.Lines} lines, {bytes / 1e6:0.0} MB printed by kubectl, {seen.Bytes / 1e6:0.0} MB read by the engine; peak MB of the engine is on top of the session");
        series.Print(Piped);
        double slow = bytes / 1e6 / theirs.Wall.TotalSeconds;
        double fast = seen.Bytes / 1e6 / ours.Wall.TotalSeconds;
        Console.WriteLine($"kubectl {slow:0.0} MB/s, engine {fast:0.0} MB/s; of the text alone {bytes / 1e6 / ours.Wall.TotalSeconds:0.0} MB/s");
        seen.Notes.Take(3).ToList().ForEach(Console.WriteLine);
        scores.AtLeast($"Counting errors of {seen.Pods.Count} pods: MB/s against kubectl logs | grep -c", fast / slow, 5);
        scores.AtMost("Counting errors: memory on top of the session", ours.PeakBytes / 1e6, 40, "MB");
    }

    private Task<ErrorRate> CountAsync(EngineRooms engine) => engine.Logs.MeasureErrorsAsync(
        new Scope { Namespace = target.Namespace, Deployment = target.Deployment, Timeout = TimeSpan.FromMinutes(2) }, Everything, CancellationToken.None);

    private string Selector() => string.Join(',', Programs.Ask(target.Kubectl,
        ["--kubeconfig", target.KubeConfig, "get", "deployment", target.Deployment, "-n", target.Namespace,
         "-o", "go-template={{range $k, $v := .spec.selector.matchLabels}}{{$k}}={{$v}} {{end}}"]).Output.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
