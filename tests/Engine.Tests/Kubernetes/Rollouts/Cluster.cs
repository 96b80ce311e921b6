using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>A deployment and its ReplicaSets as a server would answer, with a clock that says when each was made.</summary>
internal sealed class Cluster
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly List<(long Number, TimeSpan Age, JsonObject Template, string History, int Ready)> releases = [];

    public Dictionary<string, string> Failing { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, string> FailedBefore { get; } = new(StringComparer.Ordinal);
    public List<PastRollback> Rollbacks { get; } = [];
    public TimeSpan? IncidentAge { get; set; }
    public string? Container { get; set; }

    public static JsonObject Template(string image, string env = "[]", string more = "", string metadata = "") => (JsonObject)JsonNode.Parse($$"""
        {
          "metadata": { "labels": { "app": "api" }{{metadata}} },
          "spec": { "containers": [ { "name": "api", "image": "{{image}}", "env": {{env}}{{more}} } ] }
        }
        """)!;

    public Cluster Release(long number, TimeSpan age, string image, string history = "", int ready = 0, string env = "[]") =>
        Release(number, age, Template(image, env), history, ready);

    public Cluster Release(long number, TimeSpan age, JsonObject template, string history = "", int ready = 0)
    {
        releases.Add((number, age, template, history, ready));
        return this;
    }

    public static string Name(long number) => $"api-{number}";

    public static JsonObject ReplicaSet(long number, DateTimeOffset created, JsonObject template, string history = "", int ready = 0)
    {
        var stored = (JsonObject)template.DeepClone();
        stored["metadata"]!["labels"]![PodTemplate.HashLabel] = $"hash{number}";
        var annotations = new JsonObject { ["deployment.kubernetes.io/revision"] = $"{number}" };
        if (history.Length > 0)
        {
            annotations["deployment.kubernetes.io/revision-history"] = history;
        }

        return new JsonObject
        {
            ["kind"] = "ReplicaSet",
            ["metadata"] = new JsonObject
            {
                ["name"] = Name(number),
                ["uid"] = $"rs-{number}",
                ["creationTimestamp"] = created.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
                ["labels"] = new JsonObject { [PodTemplate.HashLabel] = $"hash{number}" },
                ["annotations"] = annotations,
                ["ownerReferences"] = new JsonArray(new JsonObject { ["uid"] = "d-1", ["controller"] = true }),
            },
            ["spec"] = new JsonObject { ["replicas"] = ready, ["template"] = stored },
            ["status"] = new JsonObject { ["replicas"] = ready, ["readyReplicas"] = ready },
        };
    }

    public static DeploymentSnapshot Deployment(JsonObject template, Action<JsonObject>? change = null)
    {
        var deployment = new JsonObject
        {
            ["kind"] = "Deployment",
            ["metadata"] = new JsonObject
            {
                ["name"] = "api",
                ["namespace"] = "prod",
                ["uid"] = "d-1",
                ["resourceVersion"] = "100",
                ["generation"] = 4,
                ["annotations"] = new JsonObject { ["deployment.kubernetes.io/revision"] = "4" },
                ["labels"] = new JsonObject { ["app"] = "api" },
            },
            ["spec"] = new JsonObject { ["replicas"] = 3, ["template"] = template.DeepClone() },
            ["status"] = new JsonObject
            {
                ["observedGeneration"] = 4, ["replicas"] = 3, ["updatedReplicas"] = 3, ["readyReplicas"] = 3, ["availableReplicas"] = 3,
            },
        };
        change?.Invoke(deployment);
        return new DeploymentSnapshot(deployment);
    }

    public RollbackFacts Facts(params KnownStart[] starts)
    {
        var revisions = releases
            .Select(release => new Revision(ReplicaSet(release.Number, Now - release.Age, release.Template, release.History, release.Ready)))
            .OrderByDescending(revision => revision.Number)
            .ToList();
        return new RollbackFacts
        {
            Deployment = Deployment(releases.MaxBy(release => release.Number).Template),
            Revisions = revisions,
            Periods = new LivePeriods(revisions, starts, Now),
            Now = Now,
            IncidentStartedAt = Now - IncidentAge,
            Container = Container,
            Failing = Failing,
            FailedBefore = FailedBefore,
            Rollbacks = Rollbacks,
        };
    }

    public RollbackChoice Choose(params KnownStart[] starts) => RollbackChoice.Make(Facts(starts));
}
