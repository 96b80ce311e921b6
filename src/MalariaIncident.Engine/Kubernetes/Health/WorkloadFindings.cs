using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Findings about deployments, autoscalers and services, and about whatever else has recent warnings.</summary>
internal sealed class WorkloadFindings(ResolvedScope scope, ClusterSurvey survey, DeploymentIndex index, FocusFacts facts, WarningEvents events, Suggestions suggestions)
{
    private const int MostEventFindings = 20;

    public IEnumerable<HealthFinding> Deployments()
    {
        Dictionary<(string, string), DeploymentModel> read = facts.Deployments.DistinctBy(one => (one.Metadata.Namespace, one.Metadata.Name))
            .ToDictionary(one => (one.Metadata.Namespace, one.Metadata.Name));
        foreach (DeploymentRow row in survey.Deployments.Where(one => !one.IsWell))
        {
            Condition[] conditions = [.. read.GetValueOrDefault((row.Namespace, row.Name))?.Status.Conditions ?? []];
            Condition? failure = Array.Find(conditions, one => one is { Type: "ReplicaFailure", Status: "True" });
            Condition? stuck = Array.Find(conditions, one => one is { Type: "Progressing", Status: "False" });
            bool isDown = row is { Ready: 0, Wanted: > 0 };
            string ready = $"{row.Ready} of {Amount.Are(row.Wanted, "pod")} ready, {row.UpToDate} {Amount.Word(row.UpToDate, "runs", "run")} the current revision.";
            (string reason, string message, FindingSeverity severity) = (failure, stuck) switch
            {
                ({ } cause, _) => (cause.Reason ?? "ReplicaFailure", $"It cannot make its pods: {cause.Message}", isDown ? FindingSeverity.Critical : FindingSeverity.Warning),
                (_, { } cause) => (cause.Reason ?? "ProgressDeadlineExceeded", $"Its rollout does not progress. {ready}", row.Ready < row.Wanted ? FindingSeverity.Critical : FindingSeverity.Warning),
                _ when isDown => ("MinimumReplicasUnavailable", $"Nothing of it is ready. {ready}", FindingSeverity.Critical),
                _ when row.Ready < row.Wanted => ("NotReady", ready, FindingSeverity.Warning),
                _ => ("RolloutInProgress", $"A rollout is on its way. {ready}", FindingSeverity.Information),
            };
            yield return Finding(severity, "Deployment", row.Namespace, row.Name, row.Name, reason, message) with
            {
                Evidence = [.. events.About("Deployment", row.Namespace, row.Name).Select(WarningEvents.Line)],
                Suggestion = stuck is null && !isDown ? suggestions.History(row.Namespace, row.Name) : suggestions.Rollback(row.Namespace, row.Name),
            };
        }
    }

    public IEnumerable<HealthFinding> Autoscalers()
    {
        foreach (Autoscaler one in facts.Autoscalers)
        {
            string? deployment = one.Spec.ScaleTargetRef is { Kind: "Deployment", Name: var target } ? target : null;
            Condition? blind = one.Status.Conditions?.Find(condition => condition is { Type: "ScalingActive" or "AbleToScale", Status: "False" });
            if (one.Spec.MaxReplicas > (one.Spec.MinReplicas ?? 1) && one.Status.DesiredReplicas >= one.Spec.MaxReplicas)
            {
                yield return Finding(
                    FindingSeverity.Warning, "HorizontalPodAutoscaler", one.Metadata.Namespace, one.Metadata.Name, deployment, "TooManyReplicas",
                    $"It is at its limit of {Amount.Of(one.Spec.MaxReplicas, "pod")} and cannot add more under load.") with
                {
                    Suggestion = deployment is null ? null : suggestions.Degradation(one.Metadata.Namespace, deployment),
                };
            }
            else if (blind is not null && blind.Reason != "ScalingDisabled")
            {
                yield return Finding(
                    FindingSeverity.Warning, "HorizontalPodAutoscaler", one.Metadata.Namespace, one.Metadata.Name, deployment, blind.Reason ?? blind.Type, $"It does not scale: {blind.Message}");
            }
        }
    }

    public IEnumerable<HealthFinding> Services()
    {
        ILookup<(string, string), EndpointModel> endpoints = facts.Endpoints
            .SelectMany(slice => (slice.Endpoints ?? []).Select(endpoint => (Key: (slice.Metadata.Namespace, slice.Metadata.Labels?.GetValueOrDefault("kubernetes.io/service-name") ?? ""), endpoint)))
            .ToLookup(pair => pair.Key, pair => pair.endpoint);
        foreach (ServiceModel service in facts.Services.Where(one => one.Spec is { Type: not "ExternalName", Selector.Count: > 0 } && facts.WithServices.Contains(one.Metadata.Namespace)))
        {
            EndpointModel[] all = [.. endpoints[(service.Metadata.Namespace, service.Metadata.Name)]];
            if (Array.Exists(all, endpoint => endpoint.Conditions?.Ready != false))
            {
                continue;
            }

            bool isTheEnvironments = scope.Environment is { } known && known.Namespace == service.Metadata.Namespace && known.Service == service.Metadata.Name;
            string selector = string.Join(',', service.Spec.Selector!.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
            yield return Finding(
                all.Length > 0 || isTheEnvironments ? FindingSeverity.Critical : FindingSeverity.Warning,
                "Service", service.Metadata.Namespace, service.Metadata.Name, null, "NoReadyEndpoints",
                all.Length > 0 ? $"{(all.Length == 1 ? "The only pod behind it" : $"None of the {all.Length} pods behind it")} ({selector}) is {(all.Length == 1 ? "not " : "")}ready: nobody answers." : $"No pod fits its selector ({selector}): nobody answers.");
        }
    }

    /// <summary>
    /// Warnings about objects that have no finding yet: a ReplicaSet that may make no pods, a volume that does not bind. Events outlive
    /// their pods: those of pods that are gone are history.
    /// </summary>
    public IEnumerable<HealthFinding> Others(IReadOnlyCollection<HealthFinding> found)
    {
        HashSet<(string, string?, string)> known = [.. found.Select(finding => (finding.ObjectKind, finding.Namespace, finding.Name))];
        HashSet<(string, string)> pods = [.. survey.Pods.Select(pod => (pod.Namespace, pod.Name))];
        return events.Objects
            .Where(about => !known.Contains(about) && (about.Kind != "Pod" || pods.Contains((about.Namespace, about.Name))))
            .Select(about =>
            {
                EventModel latest = events.About(about.Kind, about.Namespace, about.Name)[0];
                string? deployment = about.Kind switch
                {
                    "Pod" => index.OfPod(about.Namespace, about.Name)?.Name,
                    "ReplicaSet" => index.OfReplicaSet(about.Namespace, about.Name)?.Name,
                    "Deployment" => about.Name,
                    _ => null,
                };
                // A pod that is well by now was in trouble: worth knowing, no more.
                FindingSeverity severity = about.Kind == "Pod" ? FindingSeverity.Information : FindingSeverity.Warning;
                return (latest.LastSeen, Finding: Finding(severity, about.Kind, about.Namespace, about.Name, deployment, latest.Reason ?? "Warning", latest.Message ?? "") with
                {
                    Evidence = [.. events.About(about.Kind, about.Namespace, about.Name).Select(WarningEvents.Line)],
                });
            })
            .OrderBy(one => one.Finding.Severity)
            .ThenByDescending(one => one.LastSeen)
            .Take(MostEventFindings)
            .Select(one => one.Finding);
    }

    private HealthFinding Finding(FindingSeverity severity, string kind, string home, string name, string? deployment, string reason, string message) => new()
    {
        Incident = scope.Incident,
        Environment = scope.EnvironmentName,
        Severity = severity,
        ObjectKind = kind,
        Namespace = home,
        Name = name,
        Deployment = deployment,
        Reason = reason,
        Message = PlainText.OneLine(message, 400),
    };
}
