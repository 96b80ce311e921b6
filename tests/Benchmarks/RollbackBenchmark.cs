using System.Diagnostics;
using k8s;
using k8s.Models;
using MalariaIncident;
using MalariaIncident.Engine;

namespace Benchmarks;

/// <summary>The runbook's emergency rollback (undo, status, sleep 10, curl) against Invoke-EmergencyRollback, from the call to verified.</summary>
internal sealed class RollbackBenchmark(Target target, string liveness, Options options, Scoreboard scores)
{
    private const string Script = "the runbook's script";
    private const string Command = "engine, Invoke-EmergencyRollback";

    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(15);

    public async Task RunAsync()
    {
        string where = $"'{target.Kubectl}' --kubeconfig '{target.KubeConfig}' -n {target.Namespace}";
        string script = $"""
            set -e
            {where} rollout undo deployment/{target.Deployment}
            {where} rollout status deployment/{target.Deployment}
            sleep 10
            curl -fsS {liveness}
            """;
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(target.KubeConfig));
        await using var engine = new EngineRooms();
        var scope = new Scope { Namespace = target.Namespace, Deployment = target.Deployment };
        await engine.Clusters.GetRolloutHistoryAsync(scope, CancellationToken.None).ToListAsync();
        var series = new Series();
        var aboveReady = new List<double>();
        var probing = new List<double>();
        for (int run = 0; run < options.Runs; run++)
        {
            await ReleaseAsync(where);
            series.Add(Script, Programs.Shell(script));
            await ReleaseAsync(where);
            await RollBackAsync(engine, client, scope, series, aboveReady, probing);
        }

        Console.WriteLine("\nInvoke-EmergencyRollback, three replicas, from the call to verified");
        series.Print(Script);
        double above = Measured.Median(aboveReady, seconds => seconds);
        double probes = Measured.Median(probing, seconds => seconds);
        Console.WriteLine($"verified {above:0.00} s after the last pod was ready, {probes:0.00} s of it probes");
        scores.AtMost("Emergency rollback: above the last pod's readiness and the probes", above - probes, 0.5, "s");
        scores.AtLeast("Emergency rollback: wall against the runbook's script", series[Script].Wall / series[Command].Wall, 1);
    }

    private async Task RollBackAsync(EngineRooms engine, Kubernetes client, Scope scope, Series series, List<double> aboveReady, List<double> probing)
    {
        using Process here = Process.GetCurrentProcess();
        TimeSpan cpu = here.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        RolloutRevision before = (await engine.Clusters.GetRolloutHistoryAsync(scope, CancellationToken.None).ToListAsync())[1];
        MitigationPlan plan = await engine.Mitigations.PlanAsync(new RollbackRequest { Scope = scope, ToRevision = before.Revision, Force = true }, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        Task<TimeSpan> ready = ReadyAsync(client, before.TemplateHash, clock, stop.Token);
        TimeSpan? verifying = null;
        await foreach (MitigationProgress step in engine.Mitigations.ApplyAsync(plan, new(), CancellationToken.None))
        {
            verifying ??= step.Phase == MitigationPhase.Verifying ? clock.Elapsed : null;
        }

        TimeSpan verified = clock.Elapsed;
        here.Refresh();
        series.Add(Command, new(verified, here.TotalProcessorTime - cpu, here.WorkingSet64));
        stop.CancelAfter(TimeSpan.FromSeconds(5));
        aboveReady.Add((verified - await ready).TotalSeconds);
        probing.Add((verified - (verifying ?? verified)).TotalSeconds);
    }

    /// <summary>When the cluster first showed every pod of the revision ready.</summary>
    private async Task<TimeSpan> ReadyAsync(Kubernetes client, string templateHash, Stopwatch clock, CancellationToken stop)
    {
        while (true)
        {
            V1PodList pods = await client.ListNamespacedPodAsync(target.Namespace, labelSelector: $"pod-template-hash={templateHash}", cancellationToken: stop);
            if (pods.Items.Count(pod => pod.Status.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true) >= 3)
            {
                return clock.Elapsed;
            }

            await Task.Delay(PollEvery, stop);
        }
    }

    private static int releases;

    /// <summary>Another image, healthy, and rolled out to the end.</summary>
    private Task ReleaseAsync(string where)
    {
        Programs.Shell($"""
            set -e
            {where} set image deployment/{target.Deployment} api=registry.example/malaria-prediction-api:1.4.{10 + ++releases}
            {where} rollout status deployment/{target.Deployment}
            """);
        return Task.Delay(TimeSpan.FromSeconds(1));
    }
}
