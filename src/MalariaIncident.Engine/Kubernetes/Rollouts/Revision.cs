using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>A ReplicaSet of a deployment: one pinned template, which may have been live more than once.</summary>
internal sealed class Revision
{
    private const string NumberAnnotation = "deployment.kubernetes.io/revision";
    private const string HistoryAnnotation = "deployment.kubernetes.io/revision-history";

    public Revision(JsonObject replicaSet)
    {
        Content = replicaSet;
        Template = new PodTemplate(replicaSet.At("spec", "template") as JsonObject ?? []);
        var annotations = replicaSet.Map("metadata", "annotations");
        Number = long.TryParse(annotations.GetValueOrDefault(NumberAnnotation), out var number) ? number : 0;
        EarlierNumbers = [.. (annotations.GetValueOrDefault(HistoryAnnotation) ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(text => long.TryParse(text, out var earlier) ? earlier : 0)
            .Where(earlier => earlier > 0 && earlier < Number)
            .Order()];
        Cause = annotations.GetValueOrDefault(DeploymentSnapshot.CauseAnnotation);
    }

    public JsonObject Content { get; }
    public PodTemplate Template { get; }
    /// <summary>The number under which it was live last; 0 where the controller has not numbered it yet.</summary>
    public long Number { get; }
    /// <summary>Numbers under which it was live before.</summary>
    public IReadOnlyList<long> EarlierNumbers { get; }
    public string? Cause { get; }
    public string ReplicaSet => Content.Text("metadata", "name") ?? "";
    public string Uid => Content.Text("metadata", "uid") ?? "";
    public string TemplateHash => Content.Text("metadata", "labels", PodTemplate.HashLabel) ?? Template.Fingerprint;
    public DateTimeOffset CreatedAt => Content.Time("metadata", "creationTimestamp") ?? DateTimeOffset.UnixEpoch;
    public int WantedReplicas => (int)(Content.Number("spec", "replicas") ?? 0);
    public int ReadyReplicas => (int)(Content.Number("status", "readyReplicas") ?? 0);

    public bool OwnedBy(string deploymentUid) =>
        Content.Items("metadata", "ownerReferences").Any(owner => owner.Text("uid") == deploymentUid && owner.Text("controller") != "false");
}
