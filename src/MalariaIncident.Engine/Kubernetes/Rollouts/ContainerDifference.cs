using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>What differs between two versions of one container.</summary>
internal static class ContainerDifference
{
    private static readonly string[] WithOwnWords = ["image", "env", "envFrom", "resources", "livenessProbe", "readinessProbe", "startupProbe"];

    public static void Compare(string place, JsonObject before, JsonObject after, Action<int, string, string?, string?> add)
    {
        if (before.Text("image") != after.Text("image"))
        {
            add(0, $"image of {place}", before.Text("image"), after.Text("image"));
        }

        CompareEnvironment(place, before, after, add);
        Whole(3, "environment sources", Sources);
        CompareResources(place, before, after, "limits", "limit", add);
        CompareResources(place, before, after, "requests", "request", add);
        Whole(5, "liveness probe", container => Probe(container["livenessProbe"]));
        Whole(5, "readiness probe", container => Probe(container["readinessProbe"]));
        Whole(5, "startup probe", container => Probe(container["startupProbe"]));
        TemplateDifference.CompareRest("", before, after, WithOwnWords, (path, was, becomes) => add(6, $"{path} of {place}", was, becomes));

        void Whole(int rank, string field, Func<JsonObject, string?> words)
        {
            var was = words(before);
            var becomes = words(after);
            if (was != becomes)
            {
                add(rank, $"{field} of {place}", was, becomes);
            }
        }
    }

    /// <summary>An entry of the environment for people: the value, or where it comes from. Null for an absent one.</summary>
    public static string? EntryInWords(JsonObject? entry)
    {
        if (entry is null)
        {
            return null;
        }

        var source = entry["valueFrom"];
        if (source is null)
        {
            return SensitiveText.Show(entry.Text("name") ?? "", entry.Text("value") ?? "");
        }

        if (source["configMapKeyRef"] is { } map)
        {
            return $"from config map {map.Text("name")}, key {map.Text("key")}";
        }

        if (source["secretKeyRef"] is { } secret)
        {
            return $"from secret {secret.Text("name")}, key {secret.Text("key")}";
        }

        return source["fieldRef"] is { } field ? $"from field {field.Text("fieldPath")}" : $"from {SensitiveText.Shorten(source.ToJsonString())}";
    }

    private static void CompareEnvironment(string place, JsonObject before, JsonObject after, Action<int, string, string?, string?> add)
    {
        var was = TemplateDifference.ByName(before["env"]);
        var becomes = TemplateDifference.ByName(after["env"]);
        foreach (var name in was.Keys.Union(becomes.Keys, StringComparer.Ordinal))
        {
            var old = was.GetValueOrDefault(name);
            var now = becomes.GetValueOrDefault(name);
            if (Fingerprint.Of(old) != Fingerprint.Of(now))
            {
                add(2, $"{name} of {place}", EntryInWords(old), EntryInWords(now));
            }
        }
    }

    private static void CompareResources(
        string place, JsonObject before, JsonObject after, string kind, string word, Action<int, string, string?, string?> add)
    {
        var was = before.Map("resources", kind);
        var becomes = after.Map("resources", kind);
        foreach (var resource in was.Keys.Union(becomes.Keys, StringComparer.Ordinal))
        {
            if (was.GetValueOrDefault(resource) != becomes.GetValueOrDefault(resource))
            {
                add(4, $"{resource} {word} of {place}", was.GetValueOrDefault(resource), becomes.GetValueOrDefault(resource));
            }
        }
    }

    private static string? Sources(JsonObject container)
    {
        var sources = container.Items("envFrom").Select(source =>
            (source["configMapRef"] is { } map ? $"config map {map.Text("name")}" : $"secret {source.Text("secretRef", "name")}")
            + (source.Text("prefix") is { Length: > 0 } prefix ? $" as {prefix}*" : ""));
        var words = string.Join(", ", sources);
        return words.Length == 0 ? null : words;
    }

    private static string? Probe(JsonNode? probe)
    {
        if (probe is null)
        {
            return null;
        }

        var asks = probe["httpGet"] is { } http ? $"GET {http.Text("path") ?? "/"} on {http.Text("port")}"
            : probe["tcpSocket"] is { } tcp ? $"TCP {tcp.Text("port")}"
            : probe["grpc"] is { } grpc ? $"gRPC {grpc.Text("port")}"
            : $"exec {SensitiveText.Show("", probe.At("exec", "command")?.ToJsonString() ?? "")}";
        return $"{asks}, first after {probe.Number("initialDelaySeconds") ?? 0} s, every {probe.Number("periodSeconds") ?? 10} s, "
            + $"timeout {probe.Number("timeoutSeconds") ?? 1} s, {probe.Number("failureThreshold") ?? 3} failures";
    }
}
