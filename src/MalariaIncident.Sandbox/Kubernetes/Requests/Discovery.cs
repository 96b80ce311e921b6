using System.Text.Json.Nodes;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>/version, /api, /apis and the resource lists below them, in the form that every client understands.</summary>
internal static class Discovery
{
    private const string AuthorizationGroup = "authorization.k8s.io";
    private const string MetricsGroup = "metrics.k8s.io";

    /// <summary>Null where the path is not one of discovery.</summary>
    public static JsonNode? Find(string path, string address) => path.Trim('/').Split('/') switch
    {
        ["version"] => Version(),
        ["api"] => new JsonObject
        {
            ["kind"] = "APIVersions",
            ["versions"] = new JsonArray("v1"),
            ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = address }),
        },
        ["api", "v1"] => Resources("", "v1"),
        ["apis"] => new JsonObject
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. Groups().Select(group => Group(group.Key, group.Value, list: true))]),
        },
        ["apis", var group] when Groups().TryGetValue(group, out var version) => Group(group, version, list: false),
        ["apis", var group, var version] when Groups().GetValueOrDefault(group) == version => Resources(group, version),
        _ => null,
    };

    /// <summary>Takes a resource out of a list, as an older server would answer.</summary>
    public static void Withhold(JsonNode answer, string resource)
    {
        if (answer["resources"] is JsonArray resources) resources.RemoveAll(entry => (string?)entry?["name"] == resource);
    }

    private static Dictionary<string, string> Groups()
    {
        var groups = ResourceKinds.All.Where(kind => kind.Group.Length > 0).DistinctBy(kind => kind.Group).ToDictionary(kind => kind.Group, kind => kind.Version, StringComparer.Ordinal);
        groups[AuthorizationGroup] = "v1";
        groups[MetricsGroup] = "v1beta1";
        return groups;
    }

    private static JsonObject Group(string group, string version, bool list)
    {
        JsonObject Named() => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };
        var result = new JsonObject { ["name"] = group, ["versions"] = new JsonArray(Named()), ["preferredVersion"] = Named() };
        if (!list) (result["kind"], result["apiVersion"]) = ("APIGroup", "v1");
        return result;
    }

    private static JsonObject Resources(string group, string version)
    {
        var resources = new JsonArray();
        foreach (var kind in ResourceKinds.All.Where(kind => kind.Group == group && kind.Version == version))
        {
            resources.Add(Resource(kind.Plural, kind.Singular, kind.Namespaced, kind.Kind, kind.Verbs, kind.ShortNames, kind.Categories));
            foreach (var sub in kind.Subresources)
            {
                var entry = Resource($"{kind.Plural}/{sub.Name}", "", kind.Namespaced, sub.Kind, sub.Verbs, [], []);
                if (sub.Group is not null) (entry["group"], entry["version"]) = (sub.Group, sub.Version);
                resources.Add(entry);
            }
        }
        if (group == AuthorizationGroup)
            resources.Add(Resource("selfsubjectaccessreviews", "selfsubjectaccessreview", false, "SelfSubjectAccessReview", ["create"], [], []));
        if (group == MetricsGroup)
        {
            resources.Add(Resource("nodes", "", false, "NodeMetrics", ["get", "list"], [], []));
            resources.Add(Resource("pods", "", true, "PodMetrics", ["get", "list"], [], []));
        }
        return new() { ["kind"] = "APIResourceList", ["apiVersion"] = "v1", ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}", ["resources"] = resources };
    }

    private static JsonObject Resource(
        string name, string singular, bool namespaced, string kind, IReadOnlyList<string> verbs, IReadOnlyList<string> shortNames, IReadOnlyList<string> categories)
    {
        var resource = new JsonObject { ["name"] = name, ["singularName"] = singular, ["namespaced"] = namespaced, ["kind"] = kind, ["verbs"] = Array(verbs) };
        if (shortNames.Count > 0) resource["shortNames"] = Array(shortNames);
        if (categories.Count > 0) resource["categories"] = Array(categories);
        return resource;
    }

    private static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "35",
        ["gitVersion"] = "v1.35.2+sandbox",
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "2026-01-01T00:00:00Z",
        ["goVersion"] = "",
        ["compiler"] = "",
        ["platform"] = "sandbox",
    };
}
