using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Requests;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Simulation;
using MalariaIncident.Sandbox.World;

namespace MalariaIncident.Sandbox.Application;

/// <summary>The application as its users see it: as healthy as the pods behind its service and the database behind them.</summary>
internal sealed class ApplicationServer : IAsyncDisposable
{
    private readonly ClusterStore _store;
    private readonly WebApplication _app = LoopbackServer.Create();

    public ApplicationServer(ClusterStore store)
    {
        _store = store;
        _app.Run(HandleAsync);
    }

    /// <summary>Says why the database does not answer; null while it does.</summary>
    public Func<CancellationToken, Task<string?>> DatabaseTrouble { get; set; } = _ => Task.FromResult<string?>(null);

    public Uri Address { get; private set; } = null!;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        Address = new(LoopbackServer.AddressOf(_app));
    }

    public ValueTask DisposeAsync() => LoopbackServer.StopAsync(_app);

    private Task HandleAsync(HttpContext http) => http.Request.Path.Value switch
    {
        "/health/liveness" => LivenessAsync(http),
        "/health/readiness" => ReadinessAsync(http),
        "/predict" => PredictAsync(http),
        _ => AnswerAsync(http, 404, new() { ["detail"] = "Not Found" }),
    };

    private Task LivenessAsync(HttpContext http)
    {
        var (ready, wanted) = Pods();
        return ready > 0
            ? AnswerAsync(http, 200, new() { ["status"] = "alive", ["pods"] = ready })
            : AnswerAsync(http, 503, new() { ["status"] = "down", ["failed"] = new JsonArray("pods"), ["detail"] = Missing(ready, wanted) });
    }

    private async Task ReadinessAsync(HttpContext http)
    {
        var (ready, wanted) = Pods();
        var trouble = await DatabaseTrouble(http.RequestAborted);
        var failed = new JsonObject();
        if (ready == 0 || ready * 2 <= wanted) failed["pods"] = Missing(ready, wanted);
        if (trouble is not null) failed["database"] = trouble;
        var checks = new JsonObject { ["pods"] = failed.ContainsKey("pods") ? "failed" : "ok", ["database"] = trouble is null ? "ok" : "failed" };
        await AnswerAsync(http, failed.Count == 0 ? 200 : 503, failed.Count == 0
            ? new() { ["status"] = "ready", ["checks"] = checks }
            : new() { ["status"] = "not ready", ["checks"] = checks, ["detail"] = failed });
    }

    private async Task PredictAsync(HttpContext http)
    {
        var (ready, wanted) = Pods();
        if (ready == 0)
            await AnswerAsync(http, 503, new() { ["detail"] = Missing(ready, wanted) });
        else if (await DatabaseTrouble(http.RequestAborted) is { } trouble)
            await AnswerAsync(http, 500, new() { ["detail"] = trouble });
        else
            await AnswerAsync(http, 200, new() { ["risk"] = 0.31, ["model"] = "2026-07" });
    }

    /// <summary>Ready pods behind the service, and how many its deployments want.</summary>
    private (int Ready, int Wanted) Pods()
    {
        if (_store.Find(ResourceKinds.Services, ProductionNames.Namespace, ProductionNames.Service)?.As<V1Service>().Spec.Selector is not { Count: > 0 } selector) return (0, 1);
        var ready = _store.List(ResourceKinds.Pods, ProductionNames.Namespace, out _)
            .Count(pod => LabelSelector.Matches(selector, pod.Labels) && pod.As<V1Pod>() is var typed && typed.IsActive() && typed.IsReady());
        var wanted = _store.All<V1Deployment>(ResourceKinds.Deployments, ProductionNames.Namespace)
            .Where(deployment => LabelSelector.Matches(selector, new Dictionary<string, string>(deployment.Spec.Template.Metadata.Labels)))
            .Sum(deployment => deployment.Spec.Replicas ?? 1);
        return (ready, wanted);
    }

    private static string Missing(int ready, int wanted) => $"{ready} of {wanted} pods are ready";

    private static async Task AnswerAsync(HttpContext http, int code, JsonObject body)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body), http.RequestAborted);
    }
}
