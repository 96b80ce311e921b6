using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>The plan of another replica count, or of its undo.</summary>
internal static class ScalePlan
{
    /// <param name="Reader">The deployment.</param>
    /// <param name="Now">As it is.</param>
    /// <param name="Scope">Where.</param>
    /// <param name="Replicas">Null where the count is that already.</param>
    internal sealed record Parts(DeploymentReader Reader, DeploymentSnapshot Now, ResolvedScope Scope, ReplicaChange? Replicas)
    {
        public required string MitigationId { get; init; }
        public required TimeSpan Deadline { get; init; }
        public required string Summary { get; init; }
        public required IReadOnlyList<string> Reasons { get; init; }
        public required IReadOnlyList<string> Warnings { get; init; }
        public Autoscaler? Autoscaler { get; init; }
    }

    public static MitigationPlan Make(Parts parts)
    {
        var (reader, now, scope, replicas) = parts;
        return new MitigationPlan
        {
            Id = parts.MitigationId,
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Kind = MitigationKind.Scale,
            Target = DeploymentChange.Target(reader),
            Summary = parts.Summary,
            Changes = replicas is null ? [] : [new PlannedChange($"deployment/{reader.Name}", "replicas", $"{replicas.Before}", $"{replicas.After}")],
            Reasons = parts.Reasons,
            Preconditions = [$"{Amount.Are(now.Replicas, "replica")} still wanted, and the deployment is what it was at generation {now.Generation} (its pods may come and go)"],
            Warnings = parts.Warnings,
            BlastRadius = Affected(replicas),
            Deadline = parts.Deadline,
            Instructions = new JsonObject
            {
                ["mark"] = DeploymentMark.Of(now).ToJson(),
                ["from"] = new JsonObject { ["revision"] = now.Revision },
                ["replicas"] = replicas?.ToJson(),
                ["expects"] = new JsonObject { ["template"] = now.Template.Fingerprint, ["images"] = DeploymentMark.ImagesToJson(now.Template.Images) },
                ["autoscaler"] = parts.Autoscaler?.Name,
            },
            Scope = DeploymentChange.Pin(scope, reader, scope.Container is { } named && now.Template.Images.ContainsKey(named) ? named : null),
        };
    }

    private static string? Affected(ReplicaChange? replicas) => replicas switch
    {
        null => null,
        { After: 0 } => $"{Pods(replicas.Before)} stopped, and nothing serves any more",
        _ when replicas.After < replicas.Before => $"{Pods(replicas.Before - replicas.After)} stopped, and the rest carries the load",
        _ => $"{Pods(replicas.After - replicas.Before)} started; none that runs is touched",
    };

    private static string Pods(int count) => Amount.Are(count, "pod");
}
