using System.Text.Json.Nodes;
using Engine.Tests.Http;
using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Kubernetes.Logs;
using Microsoft.AspNetCore.Http;

namespace Engine.Tests.Kubernetes.Logs;

/// <summary>A deployment whose pods have the logs that a test gives them, behind a real server.</summary>
internal sealed class LogCluster : IAsyncDisposable, IScopeResolver
{
    private readonly ClusterConnections _connections = new();
    private readonly JsonArray _pods = [];
    private readonly List<string> _asked = [];
    private readonly Dictionary<string, Func<HttpContext, CancellationToken, Task>> _logs = new(StringComparer.Ordinal);
    private KubeConfigFile _file = null!;
    private HealthServer _server = null!;

    public RecordingJournal Journal { get; } = new();

    public DateTimeOffset? IncidentStartedAt { get; set; }

    public static TimeSpan Patience => TimeSpan.FromMinutes(1);

    /// <summary>What measures how long nothing more of a log comes.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Cuts every connection before it answers.</summary>
    public bool IsDown { get; set; }

    /// <summary>Logs that were asked for so far; a copy, because more may come.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked)
            {
                return [.. _asked];
            }
        }
    }

    public ILogs Logs => new ServiceLogs(this, Journal, _connections, Clock);

    public static async Task<LogCluster> StartAsync()
    {
        var cluster = new LogCluster();
        cluster._server = await HealthServer.StartAsync(cluster.AnswerAsync);
        cluster._file = new KubeConfigFile(cluster._server.Uri);
        return cluster;
    }

    /// <summary>A line as the node keeps it.</summary>
    public static string Line(DateTimeOffset time, string text) => $"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffff}00Z {text}\n";

    /// <summary>A pod; the one that had the name before is gone.</summary>
    public LogCluster Pod(string name, params JsonObject[] containers)
    {
        lock (_pods)
        {
            Put(name, containers);
        }

        return this;
    }

    private void Put(string name, JsonObject[] containers)
    {
        _pods.Remove(_pods.FirstOrDefault(pod => (string?)pod!["metadata"]!["name"] == name));
        _pods.Add(new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["status"] = new JsonObject { ["startTime"] = "2026-11-01T00:00:00Z", ["containerStatuses"] = new JsonArray([.. containers]) },
        });
    }

    public static JsonObject Running(string name, int restarts = 0, DateTimeOffset? since = null)
    {
        var status = new JsonObject
        {
            ["name"] = name,
            ["restartCount"] = restarts,
            ["state"] = new JsonObject { ["running"] = new JsonObject { ["startedAt"] = (since ?? DateTimeOffset.UtcNow.AddDays(-1)).UtcDateTime.ToString("O") } },
        };
        if (restarts > 0)
        {
            status["lastState"] = new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 1, ["startedAt"] = DateTimeOffset.UtcNow.AddDays(-1).UtcDateTime.ToString("O") } };
        }

        return status;
    }

    public static JsonObject Waiting(string name, int restarts)
    {
        var status = Running(name, restarts);
        status["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = restarts > 0 ? "CrashLoopBackOff" : "ContainerCreating" } };
        return status;
    }

    public LogCluster Log(string pod, string container, string text, bool previous = false) =>
        Log(pod, container, (context, stopping) => context.Response.WriteAsync(text, stopping), previous);

    public LogCluster Log(string pod, string container, Func<HttpContext, CancellationToken, Task> answer, bool previous = false)
    {
        _logs[$"{pod}/{container}/{previous}"] = answer;
        return this;
    }

    public async Task<List<LogItem>> ReadAsync(LogOptions options)
    {
        var items = new List<LogItem>();
        await foreach (var item in Logs.ReadAsync(new Scope { Incident = "INC-2026-0001" }, options, CancellationToken.None))
        {
            items.Add(item);
        }

        return items;
    }

    public Task<ErrorRate> MeasureAsync(ErrorRateOptions options) => Logs.MeasureErrorsAsync(new Scope { Incident = "INC-2026-0001" }, options, CancellationToken.None);

    public Task<ResolvedScope> ResolveAsync(Scope scope, CancellationToken cancellationToken) => Task.FromResult(_file.Scope() with
    {
        Typed = scope,
        Timeout = Patience,
        Deployment = "api",
        IncidentStartedAt = IncidentStartedAt,
    });

    public Task<string> RevealAsync(string valueOrReference, ResolvedScope scope, CancellationToken cancellationToken) => Task.FromResult(valueOrReference);

    public async ValueTask DisposeAsync()
    {
        _connections.Dispose();
        _file.Dispose();
        await _server.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context, CancellationToken stopping)
    {
        if (IsDown)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        var path = context.Request.Path.Value!;
        if (path.EndsWith("/deployments/api", StringComparison.Ordinal))
        {
            return JsonAsync(
                context,
                """{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"api","namespace":"team","uid":"u-1","resourceVersion":"7"},"spec":{"selector":{"matchLabels":{"app":"api"}}}}""",
                stopping);
        }

        if (path.EndsWith("/pods", StringComparison.Ordinal))
        {
            lock (_pods)
            {
                return JsonAsync(context, new JsonObject { ["kind"] = "PodList", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["items"] = _pods.DeepClone() }.ToJsonString(), stopping);
            }
        }

        lock (_asked)
        {
            _asked.Add(path + context.Request.QueryString);
        }

        var pod = path.Split('/')[^2];
        var query = context.Request.Query;
        if (_logs.TryGetValue($"{pod}/{query["container"]}/{query["previous"] == "true"}", out var answer))
        {
            context.Response.ContentType = "text/plain";
            return answer(context, stopping);
        }

        context.Response.StatusCode = 400;
        return JsonAsync(context, """{"kind":"Status","apiVersion":"v1","status":"Failure","message":"container is waiting to start: ContainerCreating","reason":"BadRequest","code":400}""", stopping);
    }

    private static Task JsonAsync(HttpContext context, string body, CancellationToken stopping)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body, stopping);
    }
}
