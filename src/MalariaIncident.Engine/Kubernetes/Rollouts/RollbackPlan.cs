using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>The plan of putting one pinned template into the place of another. Templates themselves stay out of it: their environments may hold secrets.</summary>
internal static class RollbackPlan
{
    internal sealed record Parts(DeploymentReader Reader, DeploymentSnapshot Now, Revision? Current, Revision Target, ResolvedScope Scope)
    {
        public required string MitigationId { get; init; }
        public required TimeSpan Deadline { get; init; }
        public required IReadOnlyList<string> Reasons { get; init; }
        public required IReadOnlyList<string> Warnings { get; init; }
        /// <summary>The mitigation that this one puts back.</summary>
        public string? Undoes { get; init; }
    }

    public static MitigationPlan Make(Parts parts)
    {
        var (reader, now, current, target, scope) = parts;
        var application = scope.Container is { } named && now.Template.Images.ContainsKey(named) ? named : null;
        var recreates = now.Content.Text("spec", "strategy", "type") == "Recreate";
        return new MitigationPlan
        {
            Id = parts.MitigationId,
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Kind = MitigationKind.Rollback,
            Target = DeploymentChange.Target(reader),
            Summary = parts.Undoes is null
                ? $"Roll {reader.Name} back to revision {target.Number}, {target.Template.InWords(application)}"
                : $"Put back revision {target.Number} of {reader.Name}, {target.Template.InWords(application)}, which {parts.Undoes} replaced",
            Changes = TemplateDifference.Between($"deployment/{reader.Name}", now.Template, target.Template),
            Reasons = parts.Reasons,
            Preconditions = [$"the deployment still is what it was at generation {now.Generation} (its pods may come and go)", $"replica set {target.ReplicaSet} still exists"],
            Warnings = [
                .. parts.Warnings,
                .. recreates ? new[] { "Its strategy is Recreate: all pods stop before the first new one starts." } : [],
                .. now.Replicas == 0 ? new[] { "It has 0 replicas: the template goes back, but no pod will run until it is scaled up." } : [],
                .. current is null && parts.Undoes is null ? new[] { "The cluster keeps no replica set of the present template, so this cannot be undone." } : []],
            BlastRadius = $"{Amount.Are(now.Replicas, "pod")} replaced, {(recreates ? "all at once" : "a few at a time")}",
            Undoes = parts.Undoes,
            Undo = current is null || parts.Undoes is not null ? null : $"Undo-Mitigation {parts.MitigationId} puts revision {current.Number}, {current.Template.InWords(application)}, back",
            Deadline = parts.Deadline,
            Instructions = new JsonObject
            {
                ["mark"] = DeploymentMark.Of(now).ToJson(),
                ["from"] = current is null ? new JsonObject { ["revision"] = now.Revision } : Pinned(current),
                ["to"] = Pinned(target),
                ["expects"] = new JsonObject { ["template"] = target.Template.Fingerprint, ["images"] = DeploymentMark.ImagesToJson(target.Template.Images) },
                ["cause"] = Cause(parts, application),
            },
            Scope = DeploymentChange.Pin(scope, reader, application),
        };
    }

    private static JsonObject Pinned(Revision revision) => new()
    {
        ["replicaSet"] = revision.ReplicaSet,
        ["uid"] = revision.Uid,
        ["revision"] = revision.Number,
        ["hash"] = revision.TemplateHash,
        ["template"] = revision.Template.Fingerprint,
    };

    /// <summary>The revived ReplicaSet takes this as its cause: what it was once released for stays legible.</summary>
    private static string Cause(Parts parts, string? application)
    {
        var original = parts.Target.Cause?.Split("; rolled back to by ")[0].Split("; put back by ")[0] ?? parts.Target.Template.InWords(application);
        var did = parts.Undoes is null ? "rolled back to by" : "put back by";
        return $"{original}; {did} {parts.MitigationId}{(parts.Scope.Incident is null ? "" : $" for {parts.Scope.Incident}")}";
    }
}
