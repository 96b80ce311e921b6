using System.Text.Json;
using Engine.Tests.Http;
using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using Microsoft.AspNetCore.Http;

namespace Engine.Tests.Kubernetes.Health;

/// <summary>A cluster of canned answers, for states that no simulation comes to. What has no answer is 404, as a server without that API says it.</summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private readonly Dictionary<string, Func<HttpContext, CancellationToken, Task>> answers = new(StringComparer.Ordinal);
    private readonly List<string> requests = [];
    // A log of a suspect is waited for five seconds.
    private readonly ClusterConnections connections = new(new PatientClock(TimeSpan.FromSeconds(5)));
    private HealthServer server = null!;
    private KubeConfigFile file = null!;

    public RecordingJournal Journal { get; } = new();

    /// <summary>What was asked so far; a copy, because more may come.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (requests)
            {
                return [.. requests];
            }
        }
    }

    public static async Task<FakeCluster> StartAsync()
    {
        var cluster = new FakeCluster();
        cluster.server = await HealthServer.StartAsync(cluster.AnswerAsync);
        cluster.file = new KubeConfigFile(cluster.server.Uri);
        cluster.Table("/api/v1/namespaces", ["Name"], ["team"]);
        cluster.Table("/api/v1/namespaces/team", ["Name"], ["team"]);
        cluster.Table("/api/v1/nodes", ["Name", "Status"], ["n1", "Ready"]);
        cluster.Table("/api/v1/namespaces/team/pods", PodColumns);
        cluster.Table("/apis/apps/v1/namespaces/team/deployments", ["Name", "Ready", "Up-to-date"]);
        return cluster;
    }

    public static string[] PodColumns { get; } = ["Name", "Ready", "Status", "Restarts", "Age", "Node"];

    public static string TableJson(string[] columns, string[][] rows, string? continues = null) => JsonSerializer.Serialize(new
    {
        kind = "Table",
        apiVersion = "meta.k8s.io/v1",
        metadata = new { resourceVersion = "1", @continue = continues },
        columnDefinitions = columns.Select(name => new { name, type = "string" }),
        rows = rows.Select(cells => new { cells, @object = (object?)null }),
    });

    public void Table(string path, string[] columns, params string[][] rows) => Answer(path, ApiServer.Json(200, TableJson(columns, rows)));

    public void Pods(params string[][] rows) => Table("/api/v1/namespaces/team/pods", PodColumns, rows);

    public void Answer(string path, Func<HttpContext, CancellationToken, Task> answer) => answers[path] = answer;

    public Task<ClusterHealth> ReadAsync(HealthOptions? options = null, OperationsEnvironment? environment = null, Scope? scope = null) =>
        Clusters(environment).GetHealthAsync(scope ?? new Scope(), options ?? new HealthOptions(), CancellationToken.None);

    public IClusters Clusters(OperationsEnvironment? environment = null) =>
        new Clusters(new HereScopes(new FixedScopes(environment), file.Path), Journal, connections, new PastMitigations((_, _) => AsyncEnumerable.Empty<Mitigation>()), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        connections.Dispose();
        file.Dispose();
        await server.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context, CancellationToken stopping)
    {
        lock (requests)
        {
            requests.Add(context.Request.Path + context.Request.QueryString.ToString());
        }

        return answers.TryGetValue(context.Request.Path, out var answer)
            ? answer(context, stopping)
            : ApiServer.Status(404, "NotFound", "the server could not find the requested resource")(context, stopping);
    }

    /// <summary>Resolves to this cluster whatever was typed.</summary>
    private sealed class HereScopes(FixedScopes inner, string path) : IScopeResolver
    {
        public Task<ResolvedScope> ResolveAsync(Scope scope, CancellationToken cancellationToken) =>
            Task.FromResult(inner.Resolve(scope) with { KubeConfig = path, Timeout = scope.Timeout ?? TimeSpan.FromMinutes(1) });

        public Task<string> RevealAsync(string valueOrReference, ResolvedScope scope, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
