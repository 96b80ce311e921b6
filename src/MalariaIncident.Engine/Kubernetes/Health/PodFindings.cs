using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>What a suspect pod comes to: reason in Kubernetes' own word, a sentence, evidence, and how bad it is.</summary>
internal sealed class PodFindings(ResolvedScope scope, DeploymentIndex index, WarningEvents events, Suggestions suggestions, DateTimeOffset now)
{
    private const int LongestMessage = 400;
    private const string OutOfMemory = "OOMKilled";
    private static readonly TimeSpan GonePatience = TimeSpan.FromMinutes(1);

    /// <summary>Null where it is nothing after all.</summary>
    public HealthFinding? Describe(PodDetail pod)
    {
        PodRow row = pod.Row;
        DeploymentRow? deployment = index.OfPod(row.Namespace, row.Name);
        IReadOnlyList<EventModel> seen = events.About("Pod", row.Namespace, row.Name);
        if (pod.Verdict == PodVerdict.Starting && seen.Count == 0)
        {
            return null;
        }

        if (pod.Verdict == PodVerdict.Terminating && !(pod.Model?.Metadata.DeletionTimestamp < now - GonePatience))
        {
            return null;
        }

        string reason = Reason(pod);
        string? name = deployment?.Name ?? pod.Deployment;
        return new HealthFinding
        {
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Severity = Severity(pod, deployment),
            ObjectKind = "Pod",
            Namespace = row.Namespace,
            Name = row.Name,
            Deployment = name,
            Reason = reason,
            Message = PlainText.OneLine(Sentence(pod, reason, seen), LongestMessage),
            Evidence = [.. pod.Log, .. seen.Select(WarningEvents.Line)],
            Suggestion = name is null ? null : Suggest(row.Namespace, name, pod, reason),
        };
    }

    private static string Reason(PodDetail pod)
    {
        ContainerStatus? trouble = pod.Trouble;
        if (trouble?.State?.Terminated?.Reason == OutOfMemory || trouble?.LastState?.Terminated?.Reason == OutOfMemory)
        {
            return OutOfMemory;
        }

        return pod.Verdict switch
        {
            PodVerdict.Stuck or PodVerdict.Starting when pod.Unscheduled is { } unscheduled => unscheduled.Reason ?? "Unschedulable",
            PodVerdict.Restarted => "Restarted",
            PodVerdict.NotReady => "NotReady",
            PodVerdict.Failed => pod.Model?.Status.Reason ?? pod.Row.Status,
            _ when trouble?.State?.Waiting?.Reason is { Length: > 0 } waiting => waiting,
            _ => pod.Row.Status.StartsWith("Init:", StringComparison.Ordinal) && pod.Verdict == PodVerdict.Faulty ? pod.Row.Status[5..] : pod.Row.Status,
        };
    }

    private static string Sentence(PodDetail pod, string reason, IReadOnlyList<EventModel> seen)
    {
        ContainerStatus? trouble = pod.Trouble;
        string container = trouble is null ? "A container" : $"Container {trouble.Name}";
        string restarts = Restarts(pod.Row);
        return pod.Verdict switch
        {
            _ when reason == OutOfMemory => $"{container} was killed for using more memory than {(pod.MemoryLimit is { } limit ? $"its limit of {limit}" : "it may")}{restarts}.",
            PodVerdict.Restarted => $"{container} ended{Ended(trouble)} and runs again{restarts}.",
            PodVerdict.Unknown => $"Its STATUS reads '{pod.Row.Status}', which is not known here: look at it.{Waiting(trouble)}",
            PodVerdict.NotReady => $"It runs, and {pod.Row.Ready} of {Amount.Are(pod.Row.Containers, "container")} ready{restarts}.{(seen.Count > 0 ? $" {seen[0].Message}" : "")}",
            PodVerdict.Terminating => $"It was to be gone by {pod.Model!.Metadata.DeletionTimestamp:u} and still is there.",
            PodVerdict.Failed => pod.Model?.Status.Message is { Length: > 0 } message ? message : $"It ended ({pod.Row.Status}) and is not started again.",
            PodVerdict.Stuck or PodVerdict.Starting when pod.Unscheduled is { } unscheduled => $"No node takes it: {unscheduled.Message}",
            PodVerdict.Stuck or PodVerdict.Starting => $"It has not started ({pod.Row.Status}).{Waiting(trouble)}{(seen.Count > 0 ? $" {seen[0].Message}" : "")}",
            _ when reason.Contains("Image", StringComparison.Ordinal) && trouble is not null => $"{container} cannot get its image {trouble.Image}.{Waiting(trouble)}",
            _ when reason == "CrashLoopBackOff" => $"{container} ends again and again{Ended(trouble)}{restarts}.",
            _ => $"{container} is in trouble ({reason}){Ended(trouble)}{restarts}.{Waiting(trouble)}",
        };
    }

    private static string Restarts(PodRow row) => row.Restarts == 0
        ? ""
        : $" ({Amount.Of(row.Restarts, "restart")}{(row.LastRestart is { } last ? $", the last {Duration.InWords(last)} ago" : "")})";

    private static string Ended(ContainerStatus? container) => (container?.State?.Terminated ?? container?.LastState?.Terminated) switch
    {
        null => "",
        { Signal: > 0 and int signal } => $" with signal {signal}",
        { ExitCode: var code, Message: { Length: > 0 } message } => $" with exit code {code}: {message.TrimEnd('.', '\n', ' ')}",
        { ExitCode: var code } => $" with exit code {code}",
    };

    private static string Waiting(ContainerStatus? container) => container?.State?.Waiting?.Message is { Length: > 0 } message ? $" {message}" : "";

    private static FindingSeverity Severity(PodDetail pod, DeploymentRow? deployment)
    {
        bool isServing = deployment is not null && deployment.Ready >= deployment.Wanted;
        bool isDown = deployment is { Ready: 0, Wanted: > 0 };
        return pod.Verdict switch
        {
            PodVerdict.Faulty => pod.Owner == "Job" || isServing ? FindingSeverity.Warning : FindingSeverity.Critical,
            PodVerdict.NotReady or PodVerdict.Stuck or PodVerdict.Unknown => isDown ? FindingSeverity.Critical : FindingSeverity.Warning,
            PodVerdict.Starting => FindingSeverity.Information,
            PodVerdict.Failed => pod.Row.Age is { TotalHours: > 24 } ? FindingSeverity.Information : FindingSeverity.Warning,
            _ => FindingSeverity.Warning,
        };
    }

    /// <summary>A crash loop is the release's; what serves again in between and is short of memory can be given more.</summary>
    private string? Suggest(string home, string deployment, PodDetail pod, string reason) => pod.Verdict switch
    {
        PodVerdict.Restarted when reason == OutOfMemory && pod is { Trouble.Name: var container, MemoryLimit: { } limit } && suggestions.Memory(home, deployment, container, limit) is { } more => more,
        PodVerdict.Faulty => suggestions.Rollback(home, deployment),
        PodVerdict.Restarted or PodVerdict.NotReady => suggestions.History(home, deployment),
        _ => null,
    };
}
