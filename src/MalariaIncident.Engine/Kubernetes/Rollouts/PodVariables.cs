using System.Text.Json.Nodes;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Whether the pods that run have the variables that their deployment says: a webhook that admits pods may have set others.</summary>
internal static class PodVariables
{
    /// <summary>In a sentence; null where no pod runs. ObjectManagedElsewhere where one has other variables.</summary>
    public static async Task<string?> SeenAsync(DeploymentReader reader, IReadOnlyList<EnvironmentEdit> edits, CancellationToken cancellationToken)
    {
        IReadOnlyList<JsonObject> pods;
        try
        {
            var all = await reader.PodsAsync(await reader.DeploymentAsync(cancellationToken), cancellationToken);
            // A pod that was evicted stays in the list as it was.
            pods = [.. all.Where(pod => pod.At("metadata", "deletionTimestamp") is null && pod.Text("status", "phase") is not ("Succeeded" or "Failed"))];
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.ClusterForbidden || ClusterFailures.Passes(failure))
        {
            return $"Whether its pods have the variables could not be seen: {failure.Message}";
        }

        foreach (var edit in edits)
        {
            var others = pods.Select(pod => (Name: pod.Text("metadata", "name"), Entry: edit.Entry(new PodTemplate(pod)))).Where(pod => !JsonNode.DeepEquals(pod.Entry, edit.After)).ToList();
            if (others.Count > 0)
            {
                throw new IncidentException(
                    FailureKind.ObjectManagedElsewhere,
                    $"The rollout is complete, but {others.Count} of {Amount.Of(pods.Count, "pod")} of {reader.Place} {Amount.Word(others.Count, "runs", "run")} with {edit.Name} {InWords(others[0].Entry)} in container {edit.Container}"
                        + $" in place of {InWords(edit.After)} (the first is {others[0].Name}).",
                    reader.Name,
                    advice: "What admits pods to the cluster (a mutating webhook) sets it: change it there. Undo-Mitigation puts the deployment back.");
            }
        }

        return pods.Count == 0 ? null : $"{string.Join(", ", edits.Select(edit => edit.Name))} {(edits.Count == 1 ? "is" : "are")} seen in {pods.Count} of {Amount.Of(pods.Count, "pod")} as planned.";
    }

    private static string InWords(JsonObject? entry) => ContainerDifference.EntryInWords(entry) ?? "absent";
}
