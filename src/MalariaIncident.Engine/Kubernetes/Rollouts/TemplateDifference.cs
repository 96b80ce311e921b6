using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>What differs between two pod templates, in an operator's words: images first, then environment, limits, probes, the rest.</summary>
internal static class TemplateDifference
{
    public static IReadOnlyList<PlannedChange> Between(string subject, PodTemplate before, PodTemplate after)
    {
        var found = new List<(int Rank, PlannedChange Change)>();
        if (before.Fingerprint == after.Fingerprint)
        {
            return [];
        }

        void Add(int rank, string field, string? was, string? becomes) => found.Add((rank, new PlannedChange(subject, field, was, becomes)));

        CompareMap(before.Content.At("metadata", "annotations"), after.Content.At("metadata", "annotations"), (key, was, becomes) =>
            Add(8, $"annotation {key} of the pods", was, becomes));
        CompareMap(before.Content.At("metadata", "labels"), after.Content.At("metadata", "labels"), (key, was, becomes) =>
            Add(8, $"label {key} of the pods", was, becomes));
        CompareContainers(before, after, "containers", "container", Add);
        CompareContainers(before, after, "initContainers", "init container", Add);
        VolumeDifference.Compare(before.Content.At("spec", "volumes"), after.Content.At("spec", "volumes"), Add);
        CompareRest("", before.Content.At("spec"), after.Content.At("spec"), ["containers", "initContainers", "volumes"], (path, was, becomes) =>
            Add(7, $"{path} of the pods", was, becomes));
        if (found.Count == 0)
        {
            Add(9, "the pod template, in a field that has no words here", before.Fingerprint, after.Fingerprint);
        }

        return [.. found.OrderBy(entry => entry.Rank).Select(entry => entry.Change)];
    }

    private static void CompareContainers(PodTemplate before, PodTemplate after, string list, string word, Action<int, string, string?, string?> add)
    {
        var was = ByName(before.Content.At("spec", list));
        var becomes = ByName(after.Content.At("spec", list));
        foreach (var name in was.Keys.Union(becomes.Keys, StringComparer.Ordinal))
        {
            var place = $"{word} {name}";
            if (!was.TryGetValue(name, out var old) || !becomes.TryGetValue(name, out var now))
            {
                add(0, place, was.GetValueOrDefault(name).Text("image"), becomes.GetValueOrDefault(name).Text("image"));
                continue;
            }

            ContainerDifference.Compare(place, old, now, add);
        }
    }

    public static Dictionary<string, JsonObject> ByName(JsonNode? list)
    {
        var named = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var item in list.Items())
        {
            // The last of a repeated name is the one that counts for the kubelet.
            named[item.Text("name") ?? ""] = item;
        }

        return named;
    }

    private static void CompareMap(JsonNode? before, JsonNode? after, Action<string, string?, string?> add)
    {
        var was = before.Map();
        var becomes = after.Map();
        foreach (var key in was.Keys.Union(becomes.Keys, StringComparer.Ordinal))
        {
            var old = was.GetValueOrDefault(key);
            var now = becomes.GetValueOrDefault(key);
            if (old != now)
            {
                add(key, old is null ? null : SensitiveText.Show(key, old), now is null ? null : SensitiveText.Show(key, now));
            }
        }
    }

    /// <summary>Whatever has no words of its own is named by its path.</summary>
    public static void CompareRest(string path, JsonNode? before, JsonNode? after, ReadOnlySpan<string> except, Action<string, string?, string?> add)
    {
        if (Fingerprint.Of(before) == Fingerprint.Of(after))
        {
            return;
        }

        if (before is JsonObject || after is JsonObject)
        {
            var was = before as JsonObject;
            var becomes = after as JsonObject;
            var names = (was?.Select(field => field.Key) ?? []).Union(becomes?.Select(field => field.Key) ?? [], StringComparer.Ordinal);
            foreach (var name in names)
            {
                if (!except.Contains(name))
                {
                    CompareRest(path.Length == 0 ? name : $"{path}.{name}", was?[name], becomes?[name], [], add);
                }
            }

            return;
        }

        add(path, Show(path, before), Show(path, after));
    }

    private static string? Show(string path, JsonNode? node) => node switch
    {
        null => null,
        JsonValue value => SensitiveText.Show(path, value.Text() ?? ""),
        _ => SensitiveText.Show(path, node.ToJsonString()),
    };
}
