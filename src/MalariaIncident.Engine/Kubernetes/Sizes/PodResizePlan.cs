using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>The plan of resizing running pods, or of its undo.</summary>
internal static class PodResizePlan
{
    internal sealed record Parts(DeploymentReader Reader, DeploymentSnapshot Now, ResolvedScope Scope, IReadOnlyList<SizedPod> Pods)
    {
        public required string MitigationId { get; init; }
        public required TimeSpan Deadline { get; init; }
        public required string Summary { get; init; }
        public required IReadOnlyList<string> Reasons { get; init; }
        public required IReadOnlyList<string> Warnings { get; init; }
        public string? Undo { get; init; }
        public string? Undoes { get; init; }
    }

    public static MitigationPlan Make(Parts parts)
    {
        var (reader, now, scope, pods) = parts;
        return new MitigationPlan
        {
            Id = parts.MitigationId,
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Kind = MitigationKind.ResourceLimit,
            Target = DeploymentChange.Target(reader),
            Summary = parts.Summary,
            Changes = [.. pods.SelectMany(pod => pod.Edits.Select(edit => edit.Describe($"pod/{pod.Name}")))],
            Reasons = parts.Reasons,
            Preconditions = ["each of these pods is still the same one with the same limits", $"the deployment still is what it was at generation {now.Generation}"],
            Warnings = parts.Warnings,
            BlastRadius = pods.Count == 0 ? null : $"{Amount.Are(pods.Count, "pod")} resized while running, one after the other; none is replaced",
            Undo = parts.Undo,
            Undoes = parts.Undoes,
            Deadline = parts.Deadline,
            Instructions = new JsonObject
            {
                ["mark"] = DeploymentMark.Of(now).ToJson(),
                ["from"] = new JsonObject { ["revision"] = now.Revision },
                ["pods"] = new JsonArray([.. pods.Select(pod => pod.ToJson())]),
            },
            Scope = DeploymentChange.Pin(scope, reader, pods.Count > 0 ? pods[0].Edits[0].Container : scope.Container),
        };
    }

    public static IReadOnlyList<SizedPod> PodsOf(MitigationPlan plan) => [.. plan.Instructions.Items("pods").Select(SizedPod.FromJson)];
}
