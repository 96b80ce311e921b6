using System.Text.Json.Nodes;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Requests;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Simulation;
using MalariaIncident.Sandbox.World;

namespace MalariaIncident.Sandbox.Application;

/// <summary>The application as its users see it: as healthy as the pods behind its service and the database behind them.</summary>
internal sealed class ApplicationServer(ClusterStore store) : JsonServer
{
    /// <summary>Says why the database does not answer; null while it does.</summary>
    public Func<CancellationToken, Task<string?>> DatabaseTrouble { get; set; } = _ => Task.FromResult<string?>(null);

    protected override async Task<(int Status, JsonObject Body)> AnswerAsync(HttpContext http) => http.Request.Path.Value switch
    {
        "/health/liveness" => Liveness(),
        "/health/readiness" => await ReadinessAsync(http.RequestAborted),
        "/predict" => await PredictAsync(http.RequestAborted),
        _ => (404, new() { ["detail"] = "Not Found" }),
    };

    private (int, JsonObject) Liveness()
    {
        var (ready, wanted) = Pods();
        return ready > 0
            ? (200, new() { ["status"] = "alive", ["pods"] = ready })
            : (503, new() { ["status"] = "down", ["failed"] = new JsonArray("pods"), ["detail"] = Missing(ready, wanted) });
    }

    private async Task<(int, JsonObject)> ReadinessAsync(CancellationToken cancellationToken)
    {
        var (ready, wanted) = Pods();
        var trouble = await DatabaseTrouble(cancellationToken);
        var failed = new JsonObject();
        if (ready == 0 || ready * 2 <= wanted) failed["pods"] = Missing(ready, wanted);
        if (trouble is not null) failed["database"] = trouble;
        var checks = new JsonObject { ["pods"] = failed.ContainsKey("pods") ? "failed" : "ok", ["database"] = trouble is null ? "ok" : "failed" };
        return failed.Count == 0
            ? (200, new() { ["status"] = "ready", ["checks"] = checks })
            : (503, new() { ["status"] = "not ready", ["checks"] = checks, ["detail"] = failed });
    }

    private async Task<(int, JsonObject)> PredictAsync(CancellationToken cancellationToken)
    {
        var (ready, wanted) = Pods();
        if (ready == 0) return (503, new() { ["detail"] = Missing(ready, wanted) });
        return await DatabaseTrouble(cancellationToken) is { } trouble
            ? (500, new() { ["detail"] = trouble })
            : (200, new() { ["risk"] = 0.31, ["model"] = "2026-07" });
    }

    /// <summary>Ready pods behind the service, and how many its deployments want.</summary>
    private (int Ready, int Wanted) Pods()
    {
        if (store.Find(ResourceKinds.Services, ProductionNames.Namespace, ProductionNames.Service)?.As<V1Service>().Spec.Selector is not { Count: > 0 } selector) return (0, 1);
        var ready = store.List(ResourceKinds.Pods, ProductionNames.Namespace, out _)
            .Count(pod => LabelSelector.Matches(selector, pod.Labels) && pod.As<V1Pod>() is var typed && typed.IsActive() && typed.IsReady());
        var wanted = store.All<V1Deployment>(ResourceKinds.Deployments, ProductionNames.Namespace)
            .Where(deployment => LabelSelector.Matches(selector, new Dictionary<string, string>(deployment.Spec.Template.Metadata.Labels)))
            .Sum(deployment => deployment.Spec.Replicas ?? 1);
        return (ready, wanted);
    }

    private static string Missing(int ready, int wanted) => $"{ready} of {wanted} pods are ready";
}
