using System.Text.Json.Nodes;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Reads what the choice of a rollback target rests on: ReplicaSets, pods, events and the journal.</summary>
internal sealed class RollbackFactsReader(TimeProvider time, PastMitigations past)
{
    public async Task<RollbackFacts> ReadAsync(DeploymentReader reader, DateTimeOffset? incidentStartedAt, string? container, CancellationToken cancellationToken)
    {
        var deployment = await reader.DeploymentAsync(cancellationToken);
        var revisions = reader.RevisionsAsync(deployment, cancellationToken);
        var notes = new List<string>();
        var pods = OrNone(reader.PodsAsync(deployment, cancellationToken), notes, "Its pods could not be read, so failing ones are not considered");
        var scaled = reader.EventsAsync($"involvedObject.kind=Deployment,involvedObject.name={reader.Name}", cancellationToken);
        var failed = reader.EventsAsync("reason=BackOff", cancellationToken);
        var rollbacks = OrNone(past.RollbacksAsync(deployment.Uid, cancellationToken), notes, "The journal could not be read, so earlier rollbacks are not considered");
        await Task.WhenAll(revisions, pods, scaled, failed, rollbacks);
        var now = time.GetUtcNow();
        var starts = Starts(await scaled).Concat((await rollbacks).Select(rollback => new KnownStart(rollback.ToReplicaSet, rollback.Time)));
        return new RollbackFacts
        {
            Deployment = deployment,
            Revisions = await revisions,
            Periods = new LivePeriods(await revisions, [.. starts], now),
            Now = now,
            IncidentStartedAt = incidentStartedAt,
            Container = Deciding(deployment, await revisions, Application(deployment, container)),
            Application = Application(deployment, container),
            Failing = Failing(await revisions, await pods),
            FailedBefore = FailedBefore(await revisions, await failed),
            Rollbacks = await rollbacks,
            Notes = notes,
        };
    }

    /// <summary>What helps the choice but must not stop it: an operator may lack a right, or the store may be the thing that broke.</summary>
    private static async Task<IReadOnlyList<T>> OrNone<T>(Task<IReadOnlyList<T>> reading, List<string> notes, string otherwise)
    {
        try
        {
            return await reading;
        }
        catch (IncidentException failure) when (failure.Kind is FailureKind.ClusterForbidden or FailureKind.StoreUnreadable
            or FailureKind.StoreCorrupt or FailureKind.StoreBusy or FailureKind.StoreNewer or FailureKind.StoreOnNetworkFileSystem)
        {
            lock (notes)
            {
                notes.Add($"{otherwise}: {failure.Message}");
            }

            return [];
        }
    }

    /// <summary>The application's container decides, unless no revision differs in it: then a sidecar's image may be the bad one.</summary>
    private static string? Deciding(DeploymentSnapshot deployment, IReadOnlyList<Revision> revisions, string? application) =>
        application is not null
        && revisions.Any(revision => revision.Template.Images.GetValueOrDefault(application) != deployment.Template.Images[application]) ? application : null;

    private static string? Application(DeploymentSnapshot deployment, string? container)
    {
        var images = deployment.Template.Images;
        return container is not null && images.ContainsKey(container) ? container : images.Count == 1 ? images.Keys.First() : null;
    }

    /// <summary>"Scaled up replica set api-6d4cf56db6 to 1": the controller made that template live.</summary>
    private static IEnumerable<KnownStart> Starts(IReadOnlyList<JsonObject> events)
    {
        foreach (var entry in events.Where(entry => entry.Text("reason") == "ScalingReplicaSet"))
        {
            var words = (entry.Text("message") ?? "").Split(' ');
            var time = entry.Time("firstTimestamp") ?? entry.Time("eventTime") ?? entry.Time("metadata", "creationTimestamp");
            if (time is { } at && words is ["Scaled", "up", "replica", "set", var name, ..])
            {
                yield return new KnownStart(name, at);
            }
        }
    }

    private static Dictionary<string, string> Failing(IReadOnlyList<Revision> revisions, IReadOnlyList<JsonObject> pods)
    {
        var failing = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var revision in revisions)
        {
            var own = pods.Where(pod => pod.Items("metadata", "ownerReferences").Any(owner => owner.Text("uid") == revision.Uid)).ToList();
            var troubles = own.Select(PodTrouble.Of).OfType<PodTrouble>().Where(trouble => trouble.Container is not null).ToList();
            if (troubles.Count > 0)
            {
                failing[revision.ReplicaSet] = $"{troubles.Count} of {own.Count}, {troubles[0].InWords}";
            }
        }

        return failing;
    }

    private static Dictionary<string, string> FailedBefore(IReadOnlyList<Revision> revisions, IReadOnlyList<JsonObject> events)
    {
        var failed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in events.Where(entry => entry.Text("reason") == "BackOff" && entry.Text("involvedObject", "kind") == "Pod"))
        {
            var pod = entry.Text("involvedObject", "name") ?? "";
            // A pod is called after its ReplicaSet and five characters more.
            if (revisions.FirstOrDefault(revision => pod.Length == revision.ReplicaSet.Length + 6 && pod.StartsWith($"{revision.ReplicaSet}-", StringComparison.Ordinal)) is { } owner)
            {
                failed[owner.ReplicaSet] = PlainText.OneLine(entry.Text("message"), 200);
            }
        }

        return failed;
    }
}
