using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Kubernetes.Access;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Readiness;
using MalariaIncident.Sandbox;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Readiness;

/// <summary>The sandbox's cluster, and what the checks in advance say of it.</summary>
public sealed class ReadinessWorld : IAsyncLifetime, IDisposable
{
    private readonly ClusterConnections _connections = new();

    public SandboxWorld Sandbox { get; private set; } = null!;

    public async Task InitializeAsync() =>
        Sandbox = await SandboxWorld.StartAsync(new SandboxOptions { Faults = ["bad-release"], Database = false, Cache = false }, CancellationToken.None);

    public async Task DisposeAsync() => await Sandbox.DisposeAsync();

    public void Dispose() => _connections.Dispose();

    internal Task<IReadOnlyList<ReadinessCheck>> CheckAsync(string context, Func<ResolvedScope, ResolvedScope>? with = null, params string[] commands) =>
        CheckAsync(Scope(context), with, commands);

    internal async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(ResolvedScope scope, Func<ResolvedScope, ResolvedScope>? with = null, params string[] commands)
    {
        var past = new PastMitigations((_, _) => AsyncEnumerable.Empty<Mitigation>());
        var inquiry = new ReadinessInquiry(with?.Invoke(scope) ?? scope, new ReadinessOptions { Commands = commands }, TimeProvider.System);
        return await new ClusterReadiness(_connections, past, TimeProvider.System).CheckAsync(inquiry, CancellationToken.None);
    }

    internal ResolvedScope Scope(string context) => new()
    {
        Typed = new Scope(),
        KubeConfig = Sandbox.KubeConfig,
        Context = context,
        Namespace = ProductionNames.Namespace,
        Deployment = ProductionNames.Deployment,
        Container = ProductionNames.Container,
        IncidentStartedAt = DateTimeOffset.UtcNow,
        Timeout = TimeSpan.FromMinutes(1),
        Environment = new OperationsEnvironment
        {
            Name = "production",
            Service = ProductionNames.Service,
            Slots = [ProductionNames.BlueSlot, ProductionNames.GreenSlot],
            SelectorKey = ProductionNames.SlotKey,
            Pooler = ProductionNames.Pooler,
            Features = ["ML_PREDICTIONS"],
        },
    };
}
