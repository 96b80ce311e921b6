using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Slots;

/// <summary>The pods of one slot.</summary>
internal sealed class SlotPods
{
    private const int MostTroubles = 3;

    public SlotPods(string slot, IReadOnlyList<JsonObject> pods)
    {
        Slot = slot;
        All = [.. pods.Where(pod => pod.At("metadata", "deletionTimestamp") is null && pod.Text("status", "phase") is not ("Succeeded" or "Failed"))];
        Ready = [.. All.Where(pod => pod.Condition("Ready").Text("status") == "True" && !string.IsNullOrEmpty(pod.Text("status", "podIP")))];
        Uids = All.Select(Uid).ToHashSet(StringComparer.Ordinal);
        ReadyUids = Ready.Select(Uid).ToHashSet(StringComparer.Ordinal);
    }

    public string Slot { get; }
    /// <summary>Those that are not leaving.</summary>
    public IReadOnlyList<JsonObject> All { get; }
    public IReadOnlyList<JsonObject> Ready { get; }
    public IReadOnlySet<string> Uids { get; }
    public IReadOnlySet<string> ReadyUids { get; }

    /// <summary><c>2 of 3 pods ready</c>.</summary>
    public string Count => All.Count == 0 ? "no pods" : $"{Ready.Count} of {Amount.Of(All.Count, "pod")} ready";

    /// <summary>Images of the pods that serve, or would; of the application's container where it is known which that is.</summary>
    public IReadOnlyList<string> Images(string? container) =>
    [
        .. (Ready.Count > 0 ? Ready : All)
            .SelectMany(pod => pod.Items("spec", "containers").Where(candidate => container is null || candidate.Text("name") == container))
            .Select(candidate => candidate.Text("image") ?? "")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Images for people, without their registry.</summary>
    public string? ImagesInWords(string? container)
    {
        var images = Images(container) is { Count: > 0 } own ? own : Images(null);
        return images.Count == 0 ? null : string.Join(", ", images.Select(image => PlainText.OneLine(image[(image.LastIndexOf('/') + 1)..], 120)));
    }

    /// <summary>As the server looks for it (pkg/api/v1/pod: FindPort): in containers, and in sidecars among the init containers.</summary>
    public bool HasPort(string name) => Ready.Any(pod => pod.Items("spec", "containers")
        .Concat(pod.Items("spec", "initContainers").Where(container => container.Text("restartPolicy") == "Always"))
        .SelectMany(container => container.Items("ports")).Any(port => port.Text("name") == name));

    /// <summary>Why its pods are not ready; empty where nothing tells, or where they are.</summary>
    public string Troubles()
    {
        var unready = All.Where(pod => !ReadyUids.Contains(Uid(pod))).Take(MostTroubles).ToList();
        return unready.Count == 0 ? "" : $": {string.Join("; ", unready.Select(InWords))}";
    }

    private static string InWords(JsonObject pod) => PodTrouble.Of(pod)?.InWords
        ?? $"{pod.Text("metadata", "name")}: {(PlainText.OneLine(pod.Condition("Ready").Text("message"), 200) is { Length: > 0 } message ? message : "not ready yet")}";

    private static string Uid(JsonObject pod) => pod.Text("metadata", "uid") ?? "";
}
