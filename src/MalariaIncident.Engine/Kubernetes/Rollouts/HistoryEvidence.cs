using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>A look at the revisions of a deployment, in the short form that an incident's record keeps.</summary>
internal static class HistoryEvidence
{
    private const int JournalledRevisions = 10;

    public static string Text(IReadOnlyList<RolloutRevision> revisions)
    {
        var (live, target) = (revisions.FirstOrDefault(revision => revision.Current), revisions.FirstOrDefault(revision => revision.RollbackTarget));
        var place = $"{revisions[0].Namespace}/{revisions[0].Deployment}";
        return $"{(live is null ? $"{place} runs none of its revisions" : $"{place} runs {Name(live)}")}; {(target is null ? "none before it is one to roll back to" : $"a rollback would go to {Name(target)}")}";
    }

    public static JsonObject Data(IReadOnlyList<RolloutRevision> revisions) => new()
    {
        ["check"] = "history",
        ["revisions"] = new JsonArray([.. revisions.Take(JournalledRevisions).Select(revision => (JsonNode)new JsonObject
        {
            ["revision"] = revision.Revision,
            ["images"] = new JsonArray([.. revision.Images.Select(image => (JsonNode)image)]),
            ["created"] = revision.CreatedAt.ToString("O"),
            ["current"] = revision.Current,
            ["target"] = revision.RollbackTarget,
            ["verdict"] = revision.Verdict,
        })]),
    };

    private static string Name(RolloutRevision revision) => $"revision {revision.Revision} ({string.Join(", ", revision.Images)})";
}
