using System.Text.Json.Nodes;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>What a plan says will change, in an operator's words and without secrets.</summary>
public sealed class TemplateDifferenceTests
{
    private static IReadOnlyList<PlannedChange> Between(System.Text.Json.Nodes.JsonObject before, System.Text.Json.Nodes.JsonObject after) =>
        TemplateDifference.Between("deployment/api", new PodTemplate(before), new PodTemplate(after));

    [Fact]
    public void Images_environment_limits_and_probes_are_named_images_first()
    {
        var changes = Between(
            Cluster.Template("api:2", """[{"name":"A","value":"1"},{"name":"B","valueFrom":{"configMapKeyRef":{"name":"cfg","key":"b"}}}]""",
                """, "resources":{"limits":{"memory":"8Gi"}}, "readinessProbe":{"httpGet":{"path":"/ready","port":8000},"periodSeconds":5}"""),
            Cluster.Template("api:1", """[{"name":"A","value":"0"},{"name":"C","value":"new"}]""",
                """, "resources":{"limits":{"memory":"1Gi"}}, "envFrom":[{"configMapRef":{"name":"api-config"}}]"""));
        Assert.Equal(
            [
                "deployment/api: image of container api: api:2 → api:1",
                "deployment/api: A of container api: 1 → 0",
                "deployment/api: B of container api: from config map cfg, key b → (none)",
                "deployment/api: C of container api: (none) → new",
                "deployment/api: environment sources of container api: (none) → config map api-config",
                "deployment/api: memory limit of container api: 8Gi → 1Gi",
                "deployment/api: readiness probe of container api: GET /ready on 8000, first after 0 s, every 5 s, timeout 1 s, 3 failures → (none)",
            ],
            changes.Select(change => change.ToString()));
    }

    [Fact]
    public void Config_maps_and_secrets_are_named_wherever_they_come_in()
    {
        var before = Cluster.Template("api:1", """[{"name":"A","valueFrom":{"secretKeyRef":{"name":"keys","key":"a"}}}]""",
            """, "envFrom":[{"configMapRef":{"name":"api-config-2"}},{"prefix":"X_","secretRef":{"name":"api-secrets"}}]""");
        var after = Cluster.Template("api:1", """[{"name":"A","valueFrom":{"configMapKeyRef":{"name":"cfg","key":"a"}}}]""", """, "envFrom":[{"configMapRef":{"name":"api-config-1"}}]""");
        before["spec"]!["volumes"] = JsonNode.Parse("""
            [{"name":"cfg","configMap":{"name":"api-config-2"}},{"name":"keys","secret":{"secretName":"keys-2","items":[{"key":"tls","path":"tls.pem"}]}},
             {"name":"both","projected":{"sources":[{"configMap":{"name":"one"}},{"secret":{"name":"two"}}]}},{"name":"data","emptyDir":{}},{"name":"same","configMap":{"name":"same"}}]
            """);
        after["spec"]!["volumes"] = JsonNode.Parse("""
            [{"name":"same","configMap":{"name":"same"}},{"name":"cfg","configMap":{"name":"api-config-1"}},{"name":"keys","secret":{"secretName":"keys-1"}},
             {"name":"both","projected":{"sources":[{"configMap":{"name":"one"}}]}},{"name":"data","emptyDir":{"medium":"Memory"}}]
            """);
        Assert.Equal(
            [
                "deployment/api: A of container api: from secret keys, key a → from config map cfg, key a",
                "deployment/api: environment sources of container api: config map api-config-2, secret api-secrets as X_* → config map api-config-1",
                "deployment/api: volume cfg of the pods: config map api-config-2 → config map api-config-1",
                "deployment/api: volume keys of the pods: secret keys-2 (keys tls) → secret keys-1",
                "deployment/api: volume both of the pods: config map one, secret two → config map one",
                "deployment/api: emptyDir.medium of volume data of the pods: (none) → Memory",
            ],
            Between(before, after).Select(change => change.ToString()));
    }

    [Theory]
    [InlineData("DATABASE_PASSWORD", "hunter2x")]
    [InlineData("DATABASE_URL", "postgres://app:hunter2x@db/app")]
    [InlineData("API_TOKEN", "hunter2x")]
    [InlineData("OPTIONS", "host=db password=hunter2x")]
    [InlineData("MODEL_REPOSITORY", "https://hunter2x@git.example.org/models")]
    [InlineData("BROKER", "amqp://app:a/hunter2x@queue/")]
    [InlineData("ENCRYPTION_KEY", "hunter2x")]
    [InlineData("SLACK_WEBHOOK_URL", "https://hooks.example.org/services/hunter2x")]
    public void Values_that_may_be_secrets_are_hidden(string name, string value)
    {
        var changes = Between(Cluster.Template("api:1"), Cluster.Template("api:1", $$"""[{"name":"{{name}}","value":"{{value}}"}]"""));
        Assert.DoesNotContain("hunter2x", Assert.Single(changes).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_label_by_which_replica_sets_are_told_apart_is_no_difference()
    {
        var template = Cluster.Template("api:1");
        var stored = Cluster.ReplicaSet(1, Cluster.Now, template);
        Assert.Equal(new PodTemplate(template).Fingerprint, new Revision(stored).Template.Fingerprint);
        Assert.Null(new Revision(stored).Template.ToJson()["metadata"]!["labels"]![PodTemplate.HashLabel]);
    }

    [Fact]
    public void What_has_no_words_of_its_own_is_named_by_its_path()
    {
        var before = Cluster.Template("api:1", more: """, "args":["a"]""");
        var after = Cluster.Template("api:1", more: """, "args":["b"]""");
        after["spec"]!["serviceAccountName"] = "other";
        Assert.Equal(
            ["""deployment/api: args of container api: ["a"] → ["b"]""", "deployment/api: serviceAccountName of the pods: (none) → other"],
            Between(before, after).Select(change => change.ToString()));
    }
}
