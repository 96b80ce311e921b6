using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>The plan of a degradation, or of its undo, while it is being made.</summary>
internal sealed class DegradationPlan(
    DeploymentReader reader, DeploymentSnapshot now, ResolvedScope scope, string mitigationId, IReadOnlyList<EnvironmentEdit> edits)
{
    private readonly List<string> warnings = [];
    private readonly List<string> reasons = [];

    public DeploymentReader Reader => reader;
    public DeploymentSnapshot Now => now;

    /// <summary>The autoscaler whose count is set all the same; null for none.</summary>
    public string? Autoscaler { get; set; }

    public void Warn(IEnumerable<string> texts) => warnings.AddRange(texts);

    public void Reason(string text) => reasons.Add(text);

    public MitigationPlan Make(ReplicaChange? replicas, string? container, string summary, TimeSpan deadline)
    {
        var subject = $"deployment/{reader.Name}";
        var after = now.Template.ToJson();
        foreach (var edit in edits)
        {
            edit.Apply(after);
        }

        var changes = edits.Select(edit => edit.Describe(subject, edit.Entry(now.Template))).ToList();
        if (replicas is not null)
        {
            changes.Add(new PlannedChange(subject, "replicas", $"{replicas.Before}", $"{replicas.After}"));
        }

        var template = new PodTemplate(after);
        return new MitigationPlan
        {
            Id = mitigationId,
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Kind = MitigationKind.Degradation,
            Target = DeploymentChange.Target(reader),
            Summary = summary,
            Changes = changes,
            Reasons = [.. reasons],
            Preconditions = [$"the deployment still is what it was at generation {now.Generation} (its pods may come and go)"],
            Warnings = [.. warnings],
            BlastRadius = Affected(replicas),
            Deadline = deadline,
            Instructions = new JsonObject
            {
                ["mark"] = DeploymentMark.Of(now).ToJson(),
                ["from"] = new JsonObject { ["revision"] = now.Revision },
                ["variables"] = new JsonArray([.. edits.Select(edit => edit.ToJson())]),
                ["replicas"] = replicas?.ToJson(),
                ["autoscaler"] = Autoscaler,
                ["expects"] = new JsonObject { ["template"] = template.Fingerprint, ["images"] = DeploymentMark.ImagesToJson(template.Images) },
                ["formerCause"] = now.Cause,
                // Without a new template there is no new revision, and the live one keeps the cause it was released for.
                ["cause"] = edits.Count == 0 ? null : $"{summary}; by {mitigationId}{(scope.Incident is null ? "" : $" for {scope.Incident}")}",
            },
            Scope = DeploymentChange.Pin(scope, reader, container),
        };
    }

    /// <summary>What to send: each variable where it stands in the live list, then replicas, then the marks.</summary>
    public static JsonArray Operations(MitigationPlan plan, DeploymentSnapshot now)
    {
        var template = now.Template.ToJson();
        var operations = new JsonArray();
        foreach (var edit in plan.Instructions.Items("variables").Select(EnvironmentEdit.FromJson))
        {
            foreach (var operation in edit.Apply(template))
            {
                operations.Add(operation);
            }
        }

        if (ReplicaChange.FromJson(plan.Instructions["replicas"]) is { } replicas)
        {
            operations.Add(ConditionalPatch.Operation("replace", "/spec/replicas", replicas.After));
        }

        foreach (var mark in DeploymentChange.Marks(now, plan, plan.Instructions.Text("cause")))
        {
            operations.Add(mark);
        }

        return operations;
    }

    private string? Affected(ReplicaChange? replicas)
    {
        var remaining = Math.Min(replicas?.After ?? now.Replicas, now.Replicas);
        var renewed = edits.Count == 0 ? null : $"{Amount.Are(remaining, "pod")} replaced, a few at a time";
        var counted = replicas is null ? null
            : replicas.After < replicas.Before ? $"{Amount.Are(replicas.Before - replicas.After, "pod")} stopped, and the rest carries the load"
            : $"{Amount.Are(replicas.After - replicas.Before, "pod")} started";
        return (renewed ?? counted) is null ? null : string.Join("; ", new[] { renewed, counted }.OfType<string>());
    }
}
