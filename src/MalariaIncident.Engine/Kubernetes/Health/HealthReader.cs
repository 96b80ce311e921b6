using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>One look at a cluster: a survey of everything in one line each, then details of what the survey lets one suspect.</summary>
internal sealed class HealthReader(TimeProvider time, DetailMemory memory)
{
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromHours(1);

    public async Task<ClusterHealth> ReadAsync(ClusterConnection connection, ResolvedScope scope, HealthOptions options, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        DateTimeOffset now = time.GetUtcNow();
        TimeSpan window = options.RestartWindow ?? DefaultWindow;
        var reader = new ClusterReader(connection, scope.Timeout);
        options = options with { Namespaces = await NamespaceChoice.ResolveAsync(reader, options.Namespaces, cancellationToken) };
        ClusterSurvey survey = await new SurveyReader(reader, options).ReadAsync(cancellationToken);

        // The list shows the pods of a silent node as they last were.
        HashSet<string> silent = [.. survey.Nodes.Where(node => !node.Ready).Select(node => node.Name)];
        var index = new DeploymentIndex(survey.Deployments);
        (PodRow Row, PodVerdict Verdict)[] suspects =
        [
            .. survey.Pods.Select(pod => (pod, PodVerdicts.Judge(pod, window))).Where(one => one.Item2 != PodVerdict.Well),
        ];
        IReadOnlyList<string> focus = Focus(options, scope.Namespace, suspects, survey);
        Task<List<PodDetail>> details = new PodDetailReader(reader, options, scope.Deployment, memory, now).ReadAsync(suspects, index, cancellationToken);
        Task<FocusFacts> facts = new FocusReader(reader, options, survey, now - window, time).ReadAsync(focus, cancellationToken);
        Task<List<HealthFinding>> nodes = new NodeFindings(reader, scope, survey).ReadAsync(cancellationToken);
        await Task.WhenAll(details, facts, nodes);

        WarningEvents events = (await facts).Events;
        var suggestions = new Suggestions(scope);
        var pods = new PodFindings(scope, index, events, suggestions, now);
        var workloads = new WorkloadFindings(scope, survey, index, await facts, events, suggestions);
        List<HealthFinding> findings =
        [
            .. await nodes, .. workloads.Deployments(), .. workloads.Services(), .. (await details).Select(pods.Describe).OfType<HealthFinding>(), .. workloads.Autoscalers(),
        ];
        findings.AddRange(workloads.Others(findings));
        return new ClusterHealth
        {
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Context = connection.Context,
            KubeConfig = scope.Typed.KubeConfig,
            Namespace = scope.Namespace,
            Deployment = scope.Deployment,
            Time = now,
            Nodes = survey.Nodes.Count,
            ReadyNodes = survey.Nodes.Count(node => node.Ready),
            Pods = survey.Pods.Count,
            ReadyPods = survey.Pods.Count(pod => pod.IsWell && (pod.Node is null || !silent.Contains(pod.Node))),
            CpuCores = survey.HasMetrics ? Math.Round(survey.Nodes.Sum(node => node.CpuCores ?? 0), 3) : null,
            MemoryBytes = survey.HasMetrics ? survey.Nodes.Sum(node => node.MemoryBytes ?? 0) : null,
            NodeList = survey.Nodes,
            Findings = [.. Order(findings, scope).Select(finding => finding with { Context = connection.Context, KubeConfig = scope.Typed.KubeConfig })],
            Notes = [.. connection.Notes, .. survey.Notes.Distinct(StringComparer.Ordinal), .. Unread(suspects.Length, options), .. Recalled(await details), .. events.Notes],
            Elapsed = time.GetElapsedTime(started),
        };
    }

    private static IEnumerable<string> Unread(int suspects, HealthOptions options) => suspects > options.MaximumDetails
        ? [$"{options.MaximumDetails} of {suspects} suspect pods were read in detail; the others stand here with what the list says of them."]
        : [];

    private static IEnumerable<string> Recalled(List<PodDetail> details) => details.Where(one => one.IsRecalled).ToList() is { Count: > 0 } recalled
        ? [$"{Amount.Of(recalled.Count, "suspect pod")} {Amount.Word(recalled.Count, "looks as it", "look as they")} did at {recalled.Min(one => one.ReadAt):HH:mm:ss} UTC; what {Amount.Word(recalled.Count, "it", "they")} said then was not read again."]
        : [];

    private static IReadOnlyList<string> Focus(HealthOptions options, string? home, IEnumerable<(PodRow Row, PodVerdict Verdict)> suspects, ClusterSurvey survey)
    {
        if (options.Namespaces.Count is > 0 and <= FocusReader.MostNamespaces)
        {
            return options.Namespaces;
        }

        IEnumerable<string> troubled = suspects.Where(one => one.Verdict is not (PodVerdict.Starting or PodVerdict.Terminating)).Select(one => one.Row.Namespace)
            .Concat(survey.Deployments.Where(one => !one.IsWell).Select(one => one.Namespace))
            .GroupBy(name => name, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .Select(group => group.Key);
        string[] first = home is not null && (options.Namespaces.Count == 0 || options.Namespaces.Contains(home)) ? [home] : [];
        return [.. first.Concat(troubled).Distinct(StringComparer.Ordinal).Take(FocusReader.MostNamespaces)];
    }

    /// <summary>Worst first; among equals what the environment runs, then what is nearest to a cause.</summary>
    private static IEnumerable<HealthFinding> Order(List<HealthFinding> findings, ResolvedScope scope) =>
        findings
            .OrderBy(finding => finding.Severity)
            .ThenByDescending(finding => finding.ObjectKind == "Node")
            .ThenByDescending(finding => scope.Namespace is not null && finding.Namespace == scope.Namespace && finding.Deployment == scope.Deployment)
            .ThenByDescending(finding => scope.Namespace is not null && finding.Namespace == scope.Namespace)
            .ThenBy(finding => finding.ObjectKind switch { "Pod" => 0, "Deployment" => 1, "Service" => 2, _ => 3 })
            .ThenBy(finding => finding.Namespace, StringComparer.Ordinal)
            .ThenBy(finding => finding.Name, StringComparer.Ordinal);
}
