using System.Text.Json.Nodes;
using Engine.Tests.Kubernetes.Sizes;
using Engine.Tests.Sandbox;
using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Kubernetes.Sizes;
using MalariaIncident.Engine.Mitigations;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>
/// The conditional patches against a real API server, where KUBEBUILDER_ASSETS names one. It has no controllers: the ReplicaSets are made by
/// hand, and nothing rolls out.
/// </summary>
public sealed class RealApiServerRolloutTests(RealApiServer server) : IClassFixture<RealApiServer>, IDisposable
{
    private readonly ClusterConnections connections = new();
    private readonly string ns = "rollouts-" + Guid.NewGuid().ToString("N")[..8];
    private KubeConfigFile? config;

    private string Path => $"/apis/apps/v1/namespaces/{ns}/deployments/app";
    private RollbackAct Rollback => new(connections, new PastMitigations((_, _) => AsyncEnumerable.Empty<Mitigation>()), TimeProvider.System);
    private DegradationAct Degradation => new(connections, TimeProvider.System);

    public void Dispose()
    {
        connections.Dispose();
        config?.Dispose();
    }

    [SkippableFact]
    public async Task A_degradation_and_its_undo_leave_the_template_exactly_as_it_was()
    {
        var scope = await ReadyAsync();
        var before = await TemplateAsync();
        var plan = await Degradation.PlanAsync(new DegradationRequest { Scope = scope.Typed, DisableFeatures = ["A", "B", "C"] }, scope, "MIT-00000001", default);
        await SendAsync(Degradation, plan, scope);
        var env = (await server.Api.GetAsync(Path)).Json["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray();
        Assert.Equal(["FEATURE_A=false", "FEATURE_B=false", "FEATURE_C=false"], env.Select(variable => $"{variable!["name"]}={variable["value"]}"));
        Assert.Equal(ReadBack.Applied, await Degradation.ReadBackAsync(plan, scope, default));
        await SendAsync(Degradation, await Degradation.PlanUndoAsync(plan, scope, "MIT-00000002", false, default), scope);
        Assert.Equal(before, await TemplateAsync());
    }

    [SkippableFact]
    public async Task A_rollback_puts_the_pinned_template_back_and_keeps_annotations()
    {
        var scope = await ReadyAsync();
        var good = await TemplateAsync();
        await ReplicaSetAsync("app-good", 1);
        (await server.Api.PatchAsync(Path, ApiUnderTest.JsonPatch, """[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"registry.example/api:2"}]""")).MustSucceed();
        await ReplicaSetAsync("app-bad", 2);
        var plan = await Rollback.PlanAsync(new RollbackRequest { Scope = scope.Typed }, scope, "MIT-00000003", default);
        await SendAsync(Rollback, plan, scope);
        Assert.Equal(good, await TemplateAsync());
        var annotations = (await server.Api.GetAsync(Path)).Json["metadata"]!["annotations"]!;
        Assert.Equal("contract", (string?)annotations["made-by"]);
        Assert.Contains("MIT-00000003", (string?)annotations["kubernetes.io/change-cause"], StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_restart_marks_the_template_as_kubectl_does_and_nothing_else()
    {
        var scope = await ReadyAsync();
        (await server.Api.PatchAsync(Path, ApiUnderTest.MergePatch, """{"spec":{"replicas":2}}""")).MustSucceed();
        var before = (await server.Api.GetAsync(Path)).Json["spec"]!["template"]!;
        var restart = new RestartAct(connections, TimeProvider.System);
        var plan = await restart.PlanAsync(new RestartRequest { Scope = scope.Typed }, scope, "MIT-00000006", default);
        await SendAsync(restart, plan, scope);
        var after = (await server.Api.GetAsync(Path)).Json["spec"]!["template"]!;
        Assert.Equal(plan.Changes[0].After, (string?)after["metadata"]!["annotations"]!["kubectl.kubernetes.io/restartedAt"]);
        Assert.Equal(plan.Instructions["expects"]!["template"]!.GetValue<string>(), new PodTemplate(after.AsObject()).Fingerprint);
        Assert.Equal(before["spec"]!.ToJsonString(), after["spec"]!.ToJsonString());
        Assert.Equal(ReadBack.Applied, await restart.ReadBackAsync(plan, scope, default));
    }

    [SkippableFact]
    public async Task A_write_that_lands_first_fails_the_test_and_is_not_overwritten()
    {
        var scope = await ReadyAsync();
        var plan = await Degradation.PlanAsync(new DegradationRequest { Scope = scope.Typed, DisableFeatures = ["A"] }, scope, "MIT-00000004", default);
        (await server.Api.PatchAsync(Path, ApiUnderTest.MergePatch, """{"spec":{"paused":true}}""")).MustSucceed();
        var failure = await Assert.ThrowsAsync<IncidentException>(() => SendAsync(Degradation, plan, scope));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        Assert.Equal(ReadBack.NotApplied, await Degradation.ReadBackAsync(plan, scope, default));

        // The server's own answer to a test that fails, without our reading before.
        var reader = new DeploymentReader(await connections.OpenAsync(scope, default), "app", scope.Timeout);
        failure = await Assert.ThrowsAsync<IncidentException>(() => reader.PatchAsync(
            [ConditionalPatch.Operation("test", "/metadata/resourceVersion", "1"), ConditionalPatch.Operation("replace", "/spec/replicas", 1)], default));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
    }

    [SkippableFact]
    public async Task A_status_that_moves_does_not_stop_it()
    {
        var scope = await ReadyAsync();
        var plan = await Degradation.PlanAsync(new DegradationRequest { Scope = scope.Typed, DisableFeatures = ["A"] }, scope, "MIT-00000005", default);
        (await server.Api.PatchAsync(Path + "/status", ApiUnderTest.MergePatch, """{"status":{"collisionCount":3}}""")).MustSucceed();
        await SendAsync(Degradation, plan, scope);
        Assert.Equal(ReadBack.Applied, await Degradation.ReadBackAsync(plan, scope, default));
    }

    [SkippableFact]
    public async Task A_scaling_and_its_undo_are_conditional_on_the_count()
    {
        var scope = await ReadyAsync();
        var plan = await Scale.PlanAsync(new ScaleRequest { Scope = scope.Typed, Replicas = 2 }, scope, "MIT-00000006", default);
        var late = await Scale.PlanAsync(new ScaleRequest { Scope = scope.Typed, Replicas = 5 }, scope, "MIT-00000007", default);
        await SendAsync(Scale, plan, scope);
        Assert.Equal(2, (int)(await server.Api.GetAsync(Path)).Json["spec"]!["replicas"]!);
        Assert.Equal(ReadBack.Applied, await Scale.ReadBackAsync(plan, scope, default));
        Assert.Equal(FailureKind.ObjectChanged, (await Assert.ThrowsAsync<IncidentException>(() => SendAsync(Scale, late, scope))).Kind);
        await SendAsync(Scale, await Scale.PlanUndoAsync(plan, scope, "MIT-00000008", false, default), scope);
        Assert.Equal(0, (int)(await server.Api.GetAsync(Path)).Json["spec"]!["replicas"]!);
    }

    [SkippableFact]
    public async Task Limits_of_a_container_that_has_none_and_their_undo_leave_the_template_exactly_as_it_was()
    {
        var scope = await ReadyAsync();
        var before = await TemplateAsync();
        var plan = await Limits.PlanAsync(new ResourceLimitRequest { Scope = scope.Typed, Memory = "2048Mi", Cpu = "0.5", Force = true }, scope, "MIT-00000009", default);
        await SendAsync(Limits, plan, scope);
        var limits = (await server.Api.GetAsync(Path)).Json["spec"]!["template"]!["spec"]!["containers"]![0]!["resources"]!["limits"]!;
        Assert.Equal(("2Gi", "500m"), ((string?)limits["memory"], (string?)limits["cpu"]));
        await SendAsync(Limits, await Limits.PlanUndoAsync(plan, scope, "MIT-00000010", false, default), scope);
        Assert.Equal(before, await TemplateAsync());
    }

    private ScaleAct Scale => new(connections, new(() => new FakeHeadroom()), TimeProvider.System);
    private ResourceLimitAct Limits => new(connections, TimeProvider.System);

    private async Task<ResolvedScope> ReadyAsync()
    {
        var api = server.Api;
        await api.CreateAsync("/api/v1/namespaces", ContractObjects.Namespace(ns));
        await api.CreateAsync($"/apis/apps/v1/namespaces/{ns}/deployments", ContractObjects.Deployment("app"));
        config = new KubeConfigFile(api.Client.BaseAddress!, user: $"token: {api.Client.DefaultRequestHeaders.Authorization!.Parameter}", cluster: "insecure-skip-tls-verify: true");
        return new ResolvedScope
        {
            Typed = new Scope(), KubeConfig = config.Path, Namespace = ns, Deployment = "app", Container = "api", Timeout = TimeSpan.FromSeconds(10),
        };
    }

    private static async Task SendAsync(IMitigationAct act, MitigationPlan plan, ResolvedScope scope)
    {
        await foreach (var step in act.SendAsync(plan, scope, default))
        {
            if (step is ActStep.Sent sent)
            {
                Assert.Equal(EventKind.ActionSucceeded, sent.Outcome);
            }
        }
    }

    private async Task<string> TemplateAsync() => (await server.Api.GetAsync(Path)).Json["spec"]!["template"]!.ToJsonString();

    /// <summary>What the deployment controller would make of the present template.</summary>
    private async Task ReplicaSetAsync(string name, int number)
    {
        var deployment = (await server.Api.GetAsync(Path)).Json;
        var template = deployment["spec"]!["template"]!.DeepClone();
        template["metadata"]!["labels"]!["pod-template-hash"] = name;
        await server.Api.CreateAsync($"/apis/apps/v1/namespaces/{ns}/replicasets", new JsonObject
        {
            ["kind"] = "ReplicaSet",
            ["apiVersion"] = "apps/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["labels"] = new JsonObject { ["app"] = "app", ["pod-template-hash"] = name },
                ["annotations"] = new JsonObject { ["deployment.kubernetes.io/revision"] = $"{number}" },
                ["ownerReferences"] = new JsonArray(new JsonObject
                {
                    ["apiVersion"] = "apps/v1", ["kind"] = "Deployment", ["name"] = "app", ["uid"] = deployment["metadata"]!["uid"]!.DeepClone(), ["controller"] = true,
                }),
            },
            ["spec"] = new JsonObject
            {
                ["replicas"] = 0,
                ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = "app", ["pod-template-hash"] = name } },
                ["template"] = template,
            },
        });
    }
}
