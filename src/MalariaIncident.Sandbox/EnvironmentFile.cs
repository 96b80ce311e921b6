using MalariaIncident.Sandbox.Kubernetes;
using MalariaIncident.Sandbox.Observed;
using MalariaIncident.Sandbox.World;

namespace MalariaIncident.Sandbox;

/// <summary>The environment file that makes the sandbox the production of whoever tries the commands.</summary>
internal static class EnvironmentFile
{
    /// <summary>Connections stand in files of their own, as the environment file of a real production would have it.</summary>
    public static void Write(string path, string kubeConfig, Uri application, Uri prometheus, Uri gitHub, Uri era5, string? database, string? poolerConsole, string? cache)
    {
        var directory = Path.GetDirectoryName(path)!;
        var text = $"""
            default: production
            environments:
              production:
                kubeConfig: {Quote(kubeConfig)}
                context: {KubeConfigFile.Context}
                namespace: {ProductionNames.Namespace}
                deployment: {ProductionNames.Deployment}
                container: {ProductionNames.Container}
                service: {ProductionNames.Service}
                slots: [{ProductionNames.BlueSlot}, {ProductionNames.GreenSlot}]
                selectorKey: {ProductionNames.SlotKey}
                pooler: {ProductionNames.Pooler}
                liveness: {new Uri(application, "/health/liveness")}
                readiness: {new Uri(application, "/health/readiness")}

            """;
        if (database is not null)
            text += $"    database: {Reference(Path.Combine(directory, "database-connection"), database)}\n    protectedDatabaseUsers: [backup, replicator]\n    connectionsPerPod: 8\n";
        if (poolerConsole is not null) text += $"    poolerConsole: {Reference(Path.Combine(directory, "pooler-connection"), poolerConsole)}\n";
        if (cache is not null) text += $"    cache: {Reference(Path.Combine(directory, "cache-connection"), cache)}\n";
        text += $"    dependencies: {{ era5: {Quote(era5.AbsoluteUri)} }}\n";
        text += "    features: [ML_PREDICTIONS, BACKGROUND_JOBS]\n    reducedReplicas: 2\n";
        text += $"""
                prometheus: {prometheus}
                metrics:
                  requests: {Metric(MetricQueries.Requests, "requests/s")}
                  error-rate: {Metric(MetricQueries.ErrorRate, "ratio")}
                  latency-p50: {Metric(MetricQueries.Latency(0.5), "s")}
                  latency-p95: {Metric(MetricQueries.Latency(0.95), "s")}
                  latency-p99: {Metric(MetricQueries.Latency(0.99), "s")}
                  saturation: {Metric(MetricQueries.Saturation, "ratio")}
                repository: {GitHubServer.Repository}
                workflow: {GitHubServer.Workflow}
                gitHubApi: {gitHub}

            """;
        PrivateFile.Write(path, text);
    }

    private static string Metric(string query, string unit) => $"{{ query: {Quote(query)}, unit: {unit} }}";

    private static string Reference(string file, string secret)
    {
        PrivateFile.Write(file, secret);
        return Quote("file:" + file);
    }

    private static string Quote(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
