using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>How far a pod has taken its new size.</summary>
internal enum SizeState
{
    /// <summary>It is gone, or another pod has its name.</summary>
    Gone,
    /// <summary>Its spec is another one than was asked for.</summary>
    Otherwise,
    /// <summary>The node has it still to do, or waits for room.</summary>
    Pending,
    /// <summary>The node cannot do it.</summary>
    Refused,
    /// <summary>Its containers have it.</summary>
    Taken,
}

/// <summary>One running pod, pinned by its uid, and what shall be another size in it.</summary>
internal sealed record SizedPod(string Name, string Uid, int Restarts, IReadOnlyList<ResourceEdit> Edits)
{
    public static SizedPod Of(JsonObject pod, string container, IReadOnlyList<ResourceEdit> edits) =>
        new(pod.Text("metadata", "name") ?? "", pod.Text("metadata", "uid") ?? "", RestartsOf(pod, container), edits);

    /// <summary>The container's fields in the pod.</summary>
    public static JsonObject? Container(JsonObject? pod, string name) => pod.Items("spec", "containers").FirstOrDefault(container => container.Text("name") == name);

    public static int RestartsOf(JsonObject? pod, string container) => (int)(Status(pod, container).Number("restartCount") ?? 0);

    /// <summary>What stands in a pod where the edits have their place, as far as it is not what is expected; empty where it is.</summary>
    public IReadOnlyList<string> DifferencesIn(JsonObject pod, Func<ResourceEdit, string?> expected) =>
    [
        .. Edits
            .Select(edit => (Edit: edit, Present: edit.Present(Container(pod, edit.Container))))
            .Where(entry => !ResourceEdit.Same(entry.Present, expected(entry.Edit)))
            .Select(entry => $"{entry.Edit.Field} of pod {Name}: {expected(entry.Edit) ?? "(none)"} → {entry.Present ?? "(none)"}"),
    ];

    /// <summary>How far it is, and in the node's words why no farther.</summary>
    public (SizeState State, string? Why) StateOf(JsonObject? pod)
    {
        if (pod is null || pod.Text("metadata", "uid") != Uid || pod.At("metadata", "deletionTimestamp") is not null)
        {
            return (SizeState.Gone, null);
        }

        if (DifferencesIn(pod, edit => edit.After) is { Count: > 0 } differences)
        {
            return (SizeState.Otherwise, string.Join("; ", differences));
        }

        var pending = pod.Condition("PodResizePending");
        var running = pod.Condition("PodResizeInProgress");
        if (pending.Text("status") == "True" || running.Text("status") == "True")
        {
            var condition = pending ?? running;
            if (condition.Number("observedGeneration") < pod.Number("metadata", "generation"))
            {
                return (SizeState.Pending, "its node has not looked at the new size yet");
            }

            var why = PlainText.OneLine(condition.Text("message"), 200) is { Length: > 0 } message ? message : condition.Text("reason");
            return (condition.Text("reason") is "Infeasible" or "Error" ? SizeState.Refused : SizeState.Pending, why);
        }

        return Edits.All(edit => ResourceEdit.Same(Status(pod, edit.Container).Text("resources", edit.List, edit.Resource), edit.After))
            ? (SizeState.Taken, null)
            : (SizeState.Pending, "its node has not reported the new size yet");
    }

    /// <summary>One patch of the resize subresource, that fails where the pod or the values are other ones.</summary>
    public JsonArray Patch(JsonObject pod)
    {
        var containers = (JsonArray)pod.At("spec", "containers")!.DeepClone();
        var at = containers.ToList().FindIndex(container => container.Text("name") == Edits[0].Container);
        JsonArray operations =
        [
            ConditionalPatch.Operation("test", "/metadata/uid", Uid),
            ConditionalPatch.Operation("test", $"/spec/containers/{at}/name", Edits[0].Container),
        ];
        foreach (var edit in Edits)
        {
            if (edit.Present(Container(pod, edit.Container)) is { } present)
            {
                operations.Add(ConditionalPatch.Operation("test", $"/spec/containers/{at}/resources/{edit.List}/{edit.Resource}", present));
            }

            foreach (var operation in edit.Apply(containers, "/spec/containers"))
            {
                operations.Add(operation);
            }
        }

        return operations;
    }

    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["uid"] = Uid,
        ["restarts"] = Restarts,
        ["edits"] = new JsonArray([.. Edits.Select(edit => edit.ToJson())]),
    };

    public static SizedPod FromJson(JsonNode json) => new(
        json.Text("name") ?? "", json.Text("uid") ?? "", (int)(json.Number("restarts") ?? 0), [.. json.Items("edits").Select(ResourceEdit.FromJson)]);

    private static JsonObject? Status(JsonObject? pod, string container) =>
        pod.Items("status", "containerStatuses").FirstOrDefault(status => status.Text("name") == container);
}
