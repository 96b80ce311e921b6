using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Slots;

/// <summary>The plan of a switch, or of its undo.</summary>
internal sealed class SlotSwitchPlan(ServiceReader reader, ServiceSnapshot now, SlotPair slots, ResolvedScope scope, string mitigationId)
{
    public ServiceReader Reader => reader;
    public ServiceSnapshot Now => now;
    public SlotPair Slots => slots;

    public static SlotPair SlotsOf(MitigationPlan plan) =>
        new(plan.Instructions.Text("key") ?? "", plan.Instructions.Text("slots", "first") ?? "", plan.Instructions.Text("slots", "second") ?? "");

    public MitigationPlan Make(SlotPods source, SlotPods target, int endpoints, IReadOnlyList<string> warnings, TimeSpan deadline)
    {
        var subject = $"service/{reader.Name}";
        var (before, after) = (source.ImagesInWords(scope.Container), target.ImagesInWords(scope.Container));
        var moves = source.Slot != target.Slot;
        return new MitigationPlan
        {
            Id = mitigationId,
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Kind = MitigationKind.SlotSwitch,
            Target = $"{reader.Place}, context {reader.Context}",
            Summary = $"Switch {reader.Name} from {source.Slot} to {target.Slot}",
            Changes = moves
                ? [new PlannedChange(subject, $"selector {slots.Key}", source.Slot, target.Slot), .. before == after ? Array.Empty<PlannedChange>() : [new PlannedChange(subject, "image behind it", before, after)]]
                : [],
            Reasons = moves ? [$"{target.Slot} has {target.Count}, {source.Slot} {source.Count}; the service has {Amount.Of(endpoints, "ready endpoint")} now"] : [],
            Preconditions = moves ? [$"the selector of the service still is {now.SelectorInWords}, and its ports are what they are", $"{target.Slot} still has a ready pod"] : [],
            Warnings = moves ? [.. warnings, .. Doubts(source, target)] : [],
            BlastRadius = moves
                ? $"{Pods(target)} of {target.Slot} {(target.Ready.Count == 1 ? "takes" : "take")} over from {Pods(source)} of {source.Slot} at once; connections that are open stay where they are until they close"
                : null,
            Deadline = deadline,
            Instructions = new JsonObject
            {
                ["mark"] = ServiceMark.Of(now).ToJson(),
                ["service"] = reader.Name,
                ["key"] = slots.Key,
                ["slots"] = new JsonObject { ["first"] = slots.First, ["second"] = slots.Second },
                ["from"] = source.Slot,
                ["to"] = target.Slot,
                ["image"] = string.Join(", ", target.Images(scope.Container)),
            },
            // The very place, so that an undo in another session finds the same one.
            Scope = scope.Typed with
            {
                Environment = scope.EnvironmentName,
                KubeConfig = scope.KubeConfig,
                Context = reader.Context,
                Namespace = reader.Namespace,
                Container = scope.Container,
            },
        };
    }

    private IEnumerable<string> Doubts(SlotPods source, SlotPods target)
    {
        if (source.Images(null).SequenceEqual(target.Images(null)))
        {
            yield return $"Both slots run the same: {target.ImagesInWords(scope.Container)}. Switching leaves no bad release behind.";
        }

        if (target.Ready.Count < source.Ready.Count)
        {
            yield return $"Fewer pods take over: {target.Ready.Count} of {target.Slot} for {source.Ready.Count} of {source.Slot}. See that they carry the load, or scale {target.Slot} first.";
        }

        if (target.Ready.Count < target.All.Count)
        {
            yield return $"Not every pod of {target.Slot} is ready ({target.Count}){target.Troubles()}.";
        }

        if (scope.Container is { } container && target.Images(container).Count > 1)
        {
            yield return $"{target.Slot} runs several images at once: {target.ImagesInWords(container)}. A rollout of it may be under way.";
        }
    }

    private static string Pods(SlotPods slot) => Amount.Of(slot.Ready.Count, "ready pod");
}
