using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>
/// A pod template without the label by which the deployment controller tells ReplicaSets apart, so that a deployment's
/// template and the one of its ReplicaSet compare equal.
/// </summary>
internal sealed class PodTemplate
{
    public const string HashLabel = "pod-template-hash";
    public const string RestartAnnotation = "kubectl.kubernetes.io/restartedAt";

    private readonly JsonObject content;

    public PodTemplate(JsonObject stored)
    {
        content = (JsonObject)stored.DeepClone();
        (content.At("metadata", "labels") as JsonObject)?.Remove(HashLabel);
        Fingerprint = Rollouts.Fingerprint.Of(content);
        Containers = [.. content.Items("spec", "containers")];
        Images = Containers.ToDictionary(ContainerName, container => container.Text("image") ?? "", StringComparer.Ordinal);
    }

    public string Fingerprint { get; }

    /// <summary>Containers in their order; not to be changed.</summary>
    public IReadOnlyList<JsonObject> Containers { get; }

    /// <summary>Image by container.</summary>
    public IReadOnlyDictionary<string, string> Images { get; }

    public JsonObject Content => content;

    public JsonObject ToJson() => (JsonObject)content.DeepClone();

    /// <summary>The same template with the mark of a restart.</summary>
    public PodTemplate Restarted(string stamp)
    {
        var copy = ToJson();
        var metadata = copy["metadata"] as JsonObject ?? [];
        var annotations = metadata["annotations"] as JsonObject ?? [];
        annotations[RestartAnnotation] = stamp;
        metadata["annotations"] ??= annotations;
        copy["metadata"] ??= metadata;
        return new PodTemplate(copy);
    }

    /// <summary>True where the other one differs in nothing but the mark of a restart.</summary>
    public bool IsRestartedAs(PodTemplate other) =>
        other.content.Text("metadata", "annotations", RestartAnnotation) is { } stamp && other.Fingerprint != Fingerprint && Restarted(stamp).Fingerprint == other.Fingerprint;

    public JsonObject? Container(string name) => Containers.FirstOrDefault(container => ContainerName(container) == name);

    /// <summary>Image for people, without its registry: the application's where it is known which container that is, else all.</summary>
    public string InWords(string? application) =>
        application is not null && Images.TryGetValue(application, out var image) ? Short(image) : string.Join(", ", Images.Values.Select(Short));

    private static string Short(string image) => image[(image.LastIndexOf('/') + 1)..];

    public static string ContainerName(JsonObject container) => container.Text("name") ?? "";
}
