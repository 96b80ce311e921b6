using System.Text.Json.Nodes;

namespace MalariaIncident.Sandbox.Kubernetes.Patches;

/// <summary>
/// Strategic merge for the lists that the commands touch: their elements are matched by key instead of being replaced.
/// The keys stand in the Kubernetes API types (patchMergeKey); lists that are not here are atomic.
/// https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
/// </summary>
internal static class StrategicMergePatch
{
    private static readonly Dictionary<string, string[]> MergeKeys = new(StringComparer.Ordinal)
    {
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["ephemeralContainers"] = ["name"],
        ["env"] = ["name"],
        ["volumes"] = ["name"],
        ["volumeMounts"] = ["mountPath"],
        ["volumeDevices"] = ["devicePath"],
        ["secrets"] = ["name"],
        ["imagePullSecrets"] = ["name"],
        ["ports"] = ["containerPort", "port"],
        ["conditions"] = ["type"],
        ["containerStatuses"] = ["name"],
        ["hostAliases"] = ["ip"],
        ["topologySpreadConstraints"] = ["topologyKey"],
        ["ownerReferences"] = ["uid"],
    };

    public static JsonObject Apply(JsonObject document, JsonNode? patch)
    {
        if (patch is not JsonObject members) throw ApiException.BadRequest("error decoding patch: a strategic merge patch is an object");
        return Merge((JsonObject)document.DeepClone(), members);
    }

    private static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        if ((string?)patch["$patch"] == "replace") return Without(patch);
        if ((string?)patch["$patch"] == "delete") return [];
        foreach (var (name, value) in patch)
        {
            if (name.StartsWith('$')) continue;
            target[name] = value switch
            {
                JsonObject members => Merge(target[name] is JsonObject existing ? (JsonObject)existing.DeepClone() : [], members),
                JsonArray items => MergeList(name, target[name] as JsonArray, items),
                _ => value?.DeepClone(),
            };
            if (value is null || (value is JsonObject removed && (string?)removed["$patch"] == "delete")) target.Remove(name);
        }
        foreach (var (name, value) in patch.Where(pair => pair.Key.StartsWith('$'))) Direct(target, name, value);
        return target;
    }

    private static JsonArray MergeList(string name, JsonArray? target, JsonArray patch)
    {
        var items = patch.OfType<JsonObject>().ToList();
        if (name == "finalizers") return [.. (target ?? []).Concat(patch).Select(item => (string?)item).Distinct().Select(item => JsonValue.Create(item))];
        if (!MergeKeys.TryGetValue(name, out var keys) || items.Count != patch.Count) return (JsonArray)patch.DeepClone();
        if (items.Any(item => (string?)item["$patch"] == "replace"))
            return [.. items.Where(item => item["$patch"] is null).Select(item => item.DeepClone())];
        // Elements of a patch without the key are an error of the caller: the server says so, too.
        var key = keys.FirstOrDefault(candidate => items.All(item => item[candidate] is not null))
            ?? throw ApiException.BadRequest($"map: map[] does not contain declared merge key: {keys[0]}");
        var result = target is null ? [] : (JsonArray)target.DeepClone();
        foreach (var item in items)
        {
            var index = IndexOf(result, key, item[key]);
            if ((string?)item["$patch"] == "delete")
            {
                if (index >= 0) result.RemoveAt(index);
            }
            else if (index >= 0)
                result[index] = Merge((JsonObject)result[index]!.DeepClone(), item);
            else
                result.Add(Merge([], item));
        }
        return Arrange(result, items, target ?? [], key);
    }

    /// <summary>
    /// Elements of the patch in its order, the others in theirs, woven by their old places. What is new has none and goes to the front,
    /// as mergeSortedSlice of apimachinery does it.
    /// </summary>
    private static JsonArray Arrange(JsonArray merged, List<JsonObject> patch, JsonArray before, string key)
    {
        var patched = patch.Select(item => IndexOf(merged, key, item[key])).Where(index => index >= 0).Distinct().ToList();
        var others = Enumerable.Range(0, merged.Count).Except(patched).ToList();
        var result = new JsonArray();
        for (var (left, right) = (0, 0); left < others.Count || right < patched.Count;)
        {
            var (leftPlace, rightPlace) = (Place(others, left), Place(patched, right));
            var takeLeft = right >= patched.Count || (left < others.Count && leftPlace >= 0 && rightPlace >= 0 && leftPlace < rightPlace);
            result.Add(merged[takeLeft ? others[left++] : patched[right++]]!.DeepClone());
        }
        return result;

        int Place(List<int> indexes, int at) => at < indexes.Count ? IndexOf(before, key, merged[indexes[at]]![key]) : -1;
    }

    private static void Direct(JsonObject target, string directive, JsonNode? value)
    {
        var (verb, member) = directive.Split('/', 2) is [var first, var second] ? (first, second) : (directive, "");
        switch (verb)
        {
            case "$setElementOrder" when value is JsonArray order && target[member] is JsonArray items:
                target[member] = Ordered(member, items, order);
                break;
            case "$deleteFromPrimitiveList" when value is JsonArray removed && target[member] is JsonArray primitives:
                target[member] = new JsonArray([.. primitives.Where(item => !removed.Any(other => JsonNode.DeepEquals(item, other))).Select(item => item?.DeepClone())]);
                break;
            case "$retainKeys" when value is JsonArray retained:
                var names = retained.Select(item => (string?)item).ToHashSet(StringComparer.Ordinal);
                foreach (var name in target.Select(pair => pair.Key).Where(name => !names.Contains(name)).ToArray()) target.Remove(name);
                break;
        }
    }

    private static JsonArray Ordered(string member, JsonArray items, JsonArray order)
    {
        if (!MergeKeys.TryGetValue(member, out var keys)) return (JsonArray)items.DeepClone();
        var places = items.Select((item, place) => (item, place, rank: Rank(item, order, keys))).ToList();
        return [.. places.OrderBy(entry => entry.rank).ThenBy(entry => entry.place).Select(entry => entry.item?.DeepClone())];
    }

    private static int Rank(JsonNode? item, JsonArray order, string[] keys)
    {
        var key = keys.FirstOrDefault(candidate => order.All(wanted => wanted is JsonObject members && members[candidate] is not null));
        var rank = key is null ? -1 : IndexOf(order, key, item?[key]);
        return rank < 0 ? int.MaxValue : rank;
    }

    private static int IndexOf(JsonArray items, string key, JsonNode? value)
    {
        for (var index = 0; index < items.Count; index++)
            if (items[index] is JsonObject item && JsonNode.DeepEquals(item[key], value)) return index;
        return -1;
    }

    private static JsonObject Without(JsonObject patch)
    {
        var result = (JsonObject)patch.DeepClone();
        result.Remove("$patch");
        return result;
    }
}
