using System.Text.Json.Nodes;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>
/// What a plan remembers of the deployment it was made for: everything that people and controllers want of it, as fingerprints
/// that may stand in a journal. The resource version alone would not do: it moves whenever a pod becomes ready or fails,
/// which in an incident is all the time.
/// </summary>
internal sealed record DeploymentMark
{
    public required string Uid { get; init; }
    public required long Generation { get; init; }
    public required string Template { get; init; }
    public required IReadOnlyDictionary<string, string> Images { get; init; }
    public required int Replicas { get; init; }
    /// <summary>The spec without template and replicas.</summary>
    public required string Settings { get; init; }
    /// <summary>Annotations and labels, without the deployment controller's own.</summary>
    public required string Metadata { get; init; }

    public static DeploymentMark Of(DeploymentSnapshot deployment)
    {
        var settings = (JsonObject)(deployment.Content["spec"]?.DeepClone() ?? new JsonObject());
        settings.Remove("template");
        settings.Remove("replicas");
        var metadata = new JsonObject();
        foreach (var (key, value) in deployment.Annotations.Where(pair => !pair.Key.StartsWith("deployment.kubernetes.io/", StringComparison.Ordinal)))
        {
            metadata[$"annotation {key}"] = value;
        }

        foreach (var (key, value) in deployment.Labels)
        {
            metadata[$"label {key}"] = value;
        }

        return new DeploymentMark
        {
            Uid = deployment.Uid,
            Generation = deployment.Generation,
            Template = deployment.Template.Fingerprint,
            Images = deployment.Template.Images,
            Replicas = deployment.Replicas,
            Settings = Fingerprint.Of(settings),
            Metadata = Fingerprint.Of(metadata),
        };
    }

    /// <summary>What moved since, in words; empty when nothing did that anyone asked for.</summary>
    public IReadOnlyList<string> MovedIn(DeploymentSnapshot deployment, bool replicasMayMove)
    {
        var now = Of(deployment);
        if (now.Uid != Uid)
        {
            return ["the deployment was deleted and made anew"];
        }

        var moved = new List<string>();
        foreach (var container in Images.Keys.Union(now.Images.Keys, StringComparer.Ordinal))
        {
            if (Images.GetValueOrDefault(container) != now.Images.GetValueOrDefault(container))
            {
                moved.Add($"image of container {container}: {Images.GetValueOrDefault(container) ?? "(none)"} → {now.Images.GetValueOrDefault(container) ?? "(none)"}");
            }
        }

        if (now.Template != Template && moved.Count == 0)
        {
            moved.Add("the pod template (environment, limits, probes or annotations)");
        }

        if (now.Replicas != Replicas && !replicasMayMove)
        {
            moved.Add($"replicas: {Replicas} → {now.Replicas}");
        }

        if (now.Settings != Settings)
        {
            moved.Add("settings of the deployment (strategy, pause or history)");
        }

        if (now.Metadata != Metadata)
        {
            moved.Add("annotations or labels of the deployment");
        }

        if (moved.Count > 0)
        {
            moved.Add($"generation: {Generation} → {now.Generation}{LastWriter(deployment)}");
        }

        return moved;
    }

    public JsonObject ToJson() => new()
    {
        ["uid"] = Uid,
        ["generation"] = Generation,
        ["template"] = Template,
        ["images"] = ImagesToJson(Images),
        ["replicas"] = Replicas,
        ["settings"] = Settings,
        ["metadata"] = Metadata,
    };

    public static DeploymentMark FromJson(JsonNode? json) => new()
    {
        Uid = json.Text("uid") ?? "",
        Generation = json.Number("generation") ?? 0,
        Template = json.Text("template") ?? "",
        Images = json.Map("images"),
        Replicas = (int)(json.Number("replicas") ?? 0),
        Settings = json.Text("settings") ?? "",
        Metadata = json.Text("metadata") ?? "",
    };

    public static JsonObject ImagesToJson(IReadOnlyDictionary<string, string> images) =>
        new(images.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));

    /// <summary>Who wrote it last, by the server's own record of field managers; empty where it keeps none.</summary>
    public static string LastWriter(DeploymentSnapshot deployment) => LastWriter(deployment.Content);

    /// <summary>The same for an object of any kind.</summary>
    public static string LastWriter(JsonObject content)
    {
        var last = content.Items("metadata", "managedFields")
            .Where(entry => entry.Text("subresource") is null or "" or "scale")
            .Where(entry => entry.Text("manager") != "kube-controller-manager")
            .MaxBy(entry => entry.Time("time"));
        return last?.Time("time") is { } time ? $", last written by {PlainText.OneLine(last.Text("manager"), 60)} at {Duration.Moment(time)}" : "";
    }
}
