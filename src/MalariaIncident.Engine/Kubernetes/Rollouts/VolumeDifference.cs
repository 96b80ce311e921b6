using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>What differs between the volumes of two templates: which config map or secret they bring, above all.</summary>
internal static class VolumeDifference
{
    public static void Compare(JsonNode? before, JsonNode? after, Action<int, string, string?, string?> add)
    {
        var was = TemplateDifference.ByName(before);
        var becomes = TemplateDifference.ByName(after);
        foreach (var name in was.Keys.Union(becomes.Keys, StringComparer.Ordinal))
        {
            var old = was.GetValueOrDefault(name);
            var now = becomes.GetValueOrDefault(name);
            if (Fingerprint.Of(old) == Fingerprint.Of(now))
            {
                continue;
            }

            if (InWords(old) != InWords(now))
            {
                add(3, $"volume {name} of the pods", InWords(old), InWords(now));
                continue;
            }

            TemplateDifference.CompareRest("", old, now, [], (path, value, other) => add(6, $"{path} of volume {name} of the pods", value, other));
        }
    }

    private static string? InWords(JsonObject? volume)
    {
        if (volume is null)
        {
            return null;
        }

        var (kind, source) = volume.FirstOrDefault(field => field.Key != "name");
        return kind switch
        {
            "configMap" => $"config map {source.Text("name")}{Keys(source)}",
            "secret" => $"secret {source.Text("secretName")}{Keys(source)}",
            "persistentVolumeClaim" => $"claim {source.Text("claimName")}",
            "emptyDir" => "empty directory",
            "hostPath" => $"host path {source.Text("path")}",
            "projected" => string.Join(", ", source.Items("sources").Select(Projected)),
            null => "",
            _ => kind,
        };
    }

    private static string Projected(JsonObject source) =>
        source["configMap"] is { } map ? $"config map {map.Text("name")}{Keys(map)}"
        : source["secret"] is { } secret ? $"secret {secret.Text("name")}{Keys(secret)}"
        : source.Select(field => field.Key).FirstOrDefault() ?? "";

    private static string Keys(JsonNode? source)
    {
        var keys = string.Join(", ", source.Items("items").Select(item => item.Text("key")));
        return keys.Length == 0 ? "" : $" (keys {keys})";
    }
}
