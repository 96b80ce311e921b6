using System.Text.Json.Nodes;
using Engine.Tests.Kubernetes;
using Engine.Tests.Sandbox;
using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Kubernetes.Access;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Readiness;
using MalariaIncident.Sandbox.Kubernetes.Security;
using YamlDotNet.RepresentationModel;

namespace Engine.Tests.Readiness;

/// <summary>The manifests that ship, applied to a real API server with RBAC, where KUBEBUILDER_ASSETS names one.</summary>
public sealed class RealApiServerReadinessTests(RealApiServer server) : IClassFixture<RealApiServer>, IDisposable
{
    private readonly ClusterConnections _connections = new();
    private readonly string _space = "rights-" + Guid.NewGuid().ToString("N")[..8];
    private KubeConfigFile? _config;

    public void Dispose()
    {
        _connections.Dispose();
        _config?.Dispose();
    }

    [SkippableFact]
    public async Task The_operator_may_do_all_that_is_not_optional()
    {
        var checks = await CheckAsync(await ReadyAsync("malaria-incident-operators"));
        Assert.Empty(checks.Where(check => check.Area == ReadinessArea.Permissions && check.Check != "Test-ServiceDependency" && check.Status != ReadinessStatus.Ready).Select(check => $"{check.Check}: {check.Detail}"));
        Assert.Equal(ReadinessStatus.Ready, Assert.Single(checks, check => check.Check == "Deployment").Status);
        Assert.Equal(ReadinessStatus.Ready, Assert.Single(checks, check => check.Check == "Namespace").Status);
    }

    [SkippableFact]
    public async Task The_reader_is_told_what_is_missing_and_can_change_nothing()
    {
        var scope = await ReadyAsync("malaria-incident-readers");
        var permissions = (await CheckAsync(scope)).Where(check => check.Area == ReadinessArea.Permissions).ToList();
        string[] acting = ["Invoke-EmergencyRollback", "Restart-Deployment", "Set-ResourceLimit", "Set-ServiceDegradation", "Set-ServiceScale", "Switch-DeploymentSlot", "Undo-Mitigation"];
        Assert.Equal(acting, permissions.Where(check => check.Status == ReadinessStatus.NotReady).Select(check => check.Check));
        Assert.Equal($"Missing: patch services in {_space}.", permissions.Single(check => check.Check == "Switch-DeploymentSlot").Detail);

        var request = new DegradationRequest { Scope = scope.Typed, DisableFeatures = ["A"] };
        var degradation = new DegradationAct(_connections, TimeProvider.System);
        var refused = await Assert.ThrowsAsync<IncidentException>(
            () => new PermittedAct(degradation, "Set-ServiceDegradation", _connections).PlanAsync(request, scope, "MIT-00000001", default));
        Assert.Equal(FailureKind.ClusterForbidden, refused.Kind);
        // The server judges so as well, where nobody asked it before.
        var plan = await degradation.PlanAsync(request, scope, "MIT-00000002", default);
        Assert.Equal(FailureKind.ClusterForbidden, (await Assert.ThrowsAsync<IncidentException>(async () => await degradation.SendAsync(plan, scope, default).ToListAsync())).Kind);
    }

    [SkippableFact]
    public async Task The_operator_can_change_what_the_reader_cannot()
    {
        var scope = await ReadyAsync("malaria-incident-operators");
        var degradation = new PermittedAct(new DegradationAct(_connections, TimeProvider.System), "Set-ServiceDegradation", _connections);
        var plan = await degradation.PlanAsync(new DegradationRequest { Scope = scope.Typed, DisableFeatures = ["A"] }, scope, "MIT-00000003", default);
        var sent = (await degradation.SendAsync(plan, scope, default).ToListAsync()).OfType<ActStep.Sent>().Single();
        Assert.Equal(EventKind.ActionSucceeded, sent.Outcome);
    }

    [SkippableFact]
    public async Task In_another_namespace_nothing_of_it_holds()
    {
        var scope = await ReadyAsync("malaria-incident-operators");
        var permissions = await CheckAsync(scope with { Namespace = "default" });
        Assert.Equal(ReadinessStatus.NotReady, permissions.Single(check => check.Check == "Get-ServiceLog").Status);
        Assert.Equal(ReadinessStatus.NotReady, permissions.Single(check => check.Check == "Invoke-EmergencyRollback").Status);
    }

    private async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(ResolvedScope scope) =>
        await new ClusterReadiness(_connections, new PastMitigations((_, _) => AsyncEnumerable.Empty<Mitigation>()), TimeProvider.System)
            .CheckAsync(new ReadinessInquiry(scope, new ReadinessOptions(), TimeProvider.System), CancellationToken.None);

    private async Task<ResolvedScope> ReadyAsync(string group)
    {
        var api = server.Api;
        await api.CreateAsync("/api/v1/namespaces", ContractObjects.Namespace(_space));
        await api.CreateAsync($"/apis/apps/v1/namespaces/{_space}/deployments", ContractObjects.Deployment("app"));
        foreach (var manifest in new[] { "incident-reader.yaml", "incident-operator.yaml" })
        {
            await ApplyAsync(RoleManifest.Shipped(manifest));
        }

        _config = new KubeConfigFile(api.Client.BaseAddress!, user: $"token: {server.TokenOf(group)}", cluster: "insecure-skip-tls-verify: true");
        return new ResolvedScope
        {
            Typed = new Scope(), KubeConfig = _config.Path, Namespace = _space, Deployment = "app", Container = "api", Timeout = TimeSpan.FromSeconds(10),
        };
    }

    /// <summary>What kubectl apply -n does with them.</summary>
    private async Task ApplyAsync(string manifest)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(manifest));
        foreach (var content in stream.Documents.Select(document => (JsonObject)Json(document.RootNode)!))
        {
            var kind = (string)content["kind"]!;
            var home = kind.StartsWith("Cluster", StringComparison.Ordinal) ? "" : $"/namespaces/{_space}";
            var answer = await server.Api.SendAsync(HttpMethod.Post, $"/apis/rbac.authorization.k8s.io/v1{home}/{kind.ToLowerInvariant()}s", content);
            Assert.True((int)answer.Code is 201 or 409, $"{kind}: {answer.Text}");
        }
    }

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Json(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        _ => JsonValue.Create(((YamlScalarNode)node).Value),
    };
}
