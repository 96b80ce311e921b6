using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Slots;

/// <summary>What a plan remembers of the service it was made for.</summary>
internal sealed record ServiceMark(string Uid, IReadOnlyDictionary<string, string> Selector, string Settings)
{
    public static ServiceMark Of(ServiceSnapshot service)
    {
        var settings = (JsonObject)(service.Content["spec"]?.DeepClone() ?? new JsonObject());
        settings.Remove("selector");
        return new ServiceMark(service.Uid, service.Selector, Fingerprint.Of(settings));
    }

    /// <summary>What moved since, in words; empty when nothing did.</summary>
    public IReadOnlyList<string> MovedIn(ServiceSnapshot service)
    {
        var now = Of(service);
        if (now.Uid != Uid)
        {
            return ["the service was deleted and made anew"];
        }

        var moved = new List<string>();
        if (now.Selector.Count != Selector.Count || now.Selector.Any(pair => Selector.GetValueOrDefault(pair.Key) != pair.Value))
        {
            moved.Add($"selector: {ServiceSnapshot.InWords(Selector)} → {ServiceSnapshot.InWords(now.Selector)}{DeploymentMark.LastWriter(service.Content)}");
        }

        if (now.Settings != Settings)
        {
            moved.Add($"ports or other settings of the service{DeploymentMark.LastWriter(service.Content)}");
        }

        return moved;
    }

    public JsonObject ToJson() => new()
    {
        ["uid"] = Uid,
        ["selector"] = new JsonObject(Selector.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value))),
        ["settings"] = Settings,
    };

    public static ServiceMark FromJson(JsonNode? json) => new(json.Text("uid") ?? "", json.Map("selector"), json.Text("settings") ?? "");
}
