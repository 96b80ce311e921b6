using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>A deployment as one read showed it.</summary>
internal sealed class DeploymentSnapshot : IStoredObject
{
    public const string CauseAnnotation = "kubernetes.io/change-cause";
    private const string RevisionAnnotation = "deployment.kubernetes.io/revision";

    public DeploymentSnapshot(JsonObject content)
    {
        Content = content;
        Template = new PodTemplate(content.At("spec", "template") as JsonObject ?? []);
        Annotations = content.Map("metadata", "annotations");
        Labels = content.Map("metadata", "labels");
    }

    public JsonObject Content { get; }
    public PodTemplate Template { get; }
    public IReadOnlyDictionary<string, string> Annotations { get; }
    public IReadOnlyDictionary<string, string> Labels { get; }
    public string Name => Content.Text("metadata", "name") ?? "";
    public string Uid => Content.Text("metadata", "uid") ?? "";
    public string ResourceVersion => Content.Text("metadata", "resourceVersion") ?? "";
    public long Generation => Content.Number("metadata", "generation") ?? 0;
    public long ObservedGeneration => Content.Number("status", "observedGeneration") ?? 0;
    public int Replicas => (int)(Content.Number("spec", "replicas") ?? 1);
    public bool Paused => Content.Text("spec", "paused") == "true";
    public long? Revision => long.TryParse(Annotations.GetValueOrDefault(RevisionAnnotation), out var number) ? number : null;
    public string? Cause => Annotations.GetValueOrDefault(CauseAnnotation);
    public int RunningPods => Status("replicas");
    public int UpdatedPods => Status("updatedReplicas");
    public int ReadyPods => Status("readyReplicas");
    public int AvailablePods => Status("availableReplicas");

    /// <summary>True when the controller has seen this generation and every pod it wants is new and available.</summary>
    public bool RolloutComplete =>
        ObservedGeneration >= Generation && UpdatedPods == Replicas && RunningPods == Replicas && AvailablePods == Replicas;

    private int Status(string field) => (int)(Content.Number("status", field) ?? 0);
}
