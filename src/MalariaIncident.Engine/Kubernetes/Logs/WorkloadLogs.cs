using System.Globalization;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>The logs that a deployment's pods have, and the way to each.</summary>
internal sealed class WorkloadLogs
{
    private readonly ClusterConnection _connection;
    private readonly DeploymentReader _reader;
    private readonly TimeSpan _timeout;

    private WorkloadLogs(ClusterConnection connection, DeploymentReader reader, TimeSpan timeout)
    {
        _connection = connection;
        _reader = reader;
        _timeout = timeout;
    }

    public string Namespace => _connection.Namespace;

    public string Deployment => _reader.Name;

    /// <summary>SettingMissing without a deployment, NameInvalid, and the failures of a kubeconfig.</summary>
    public static async Task<WorkloadLogs> OpenAsync(IClusterConnections connections, ResolvedScope scope, CancellationToken cancellationToken)
    {
        var name = scope.Deployment ?? throw new IncidentException(
            FailureKind.SettingMissing, "No deployment is named whose logs to read.", advice: "Name it with -Deployment, or set it in the environment file.");
        var connection = await connections.OpenAsync(scope, cancellationToken);
        return new WorkloadLogs(connection, new DeploymentReader(connection, name, scope.Timeout), scope.Timeout);
    }

    /// <summary>Every log of every pod that the deployment selects. ResourceNotFound where nothing matches.</summary>
    public async Task<IReadOnlyList<LogSource>> SourcesAsync(
        IReadOnlyList<string> podPatterns, IReadOnlyList<string> containerPatterns, bool previous, CancellationToken cancellationToken)
    {
        var deployment = await _reader.DeploymentAsync(cancellationToken);
        var pods = await _reader.PodsAsync(deployment, cancellationToken);
        var sources = pods
            .Where(pod => Matches(podPatterns, pod.Text("metadata", "name") ?? ""))
            .SelectMany(pod => Of(pod, containerPatterns, previous))
            .OrderBy(source => source.Pod, StringComparer.Ordinal)
            .ThenBy(source => source.Container, StringComparer.Ordinal)
            .ThenByDescending(source => source.Previous)
            .ToList();
        return sources.Count > 0
            ? sources
            : throw new IncidentException(
                FailureKind.ResourceNotFound,
                pods.Count == 0 ? $"{_reader.ThePlace} has no pods." : $"No container of the {Amount.Of(pods.Count, "pod")} of {_reader.Place} matches, or none has started yet.",
                _reader.Name,
                advice: pods.Count == 0 ? "Get-ClusterHealth says why there are none." : "Leave -Pod and -Container away to read all, or look at Get-ClusterHealth.");
    }

    /// <summary>Opens one log: the deadline covers its beginning, the token the rest.</summary>
    public Task<Stream> OpenAsync(LogSource source, TimeSpan? since, int? tail, bool follow, CancellationToken cancellationToken) => OpenAsync(
        source,
        (since is { } age ? string.Create(CultureInfo.InvariantCulture, $"&sinceSeconds={Math.Max(1, (long)Math.Ceiling(age.TotalSeconds))}") : "")
            + (tail is { } lines ? string.Create(CultureInfo.InvariantCulture, $"&tailLines={lines}") : ""),
        follow,
        cancellationToken);

    /// <summary>Opens one log again from the second of a line that was read; the server knows nothing finer.</summary>
    public Task<Stream> OpenAgainAsync(LogSource source, DateTimeOffset last, bool follow, CancellationToken cancellationToken) => OpenAsync(
        source, $"&sinceTime={Uri.EscapeDataString(Rfc3339.ToSecond(last))}", follow, cancellationToken);

    private Task<Stream> OpenAsync(LogSource source, string from, bool follow, CancellationToken cancellationToken)
    {
        var path = $"api/v1/namespaces/{Namespace}/pods/{KubernetesName.Validate(source.Pod, "pod")}/log"
            + $"?container={KubernetesName.ValidateLabel(source.Container, "container")}&timestamps=true"
            + (source.Previous ? "&previous=true" : "")
            + from
            + (follow ? "&follow=true" : "");
        return _connection.OpenStreamAsync($"Reading the log of {source}", _timeout, path, cancellationToken);
    }

    private static IEnumerable<LogSource> Of(JsonObject pod, IReadOnlyList<string> containerPatterns, bool previous)
    {
        var name = pod.Text("metadata", "name") ?? "";
        foreach (var status in pod.Items("status", "initContainerStatuses").Concat(pod.Items("status", "containerStatuses")))
        {
            var container = status.Text("name") ?? "";
            var restarts = status.Number("restartCount") ?? 0;
            if (!Matches(containerPatterns, container))
            {
                continue;
            }

            // What has never run has no log; the server would answer with a refusal.
            var waits = status.At("state", "waiting") is not null;
            var ran = status.At("lastState", "terminated") is not null;
            if (waits && !ran)
            {
                continue;
            }

            // While it waits to be started again the server answers with the instance before, whichever is asked for.
            if (ran && (previous || waits))
            {
                yield return new LogSource(name, container, waits ? restarts : restarts - 1, Previous: true, status.Time("lastState", "terminated", "startedAt"));
            }

            if (waits)
            {
                continue;
            }

            yield return new LogSource(
                name, container, restarts, Previous: false, status.Time("state", "running", "startedAt") ?? status.Time("state", "terminated", "startedAt") ?? pod.Time("status", "startTime"))
            {
                Runs = status.At("state", "running") is not null,
            };
        }
    }

    private static bool Matches(IReadOnlyList<string> patterns, string name) => patterns.Count == 0 || patterns.Any(pattern => Wildcard.Matches(pattern, name));
}
