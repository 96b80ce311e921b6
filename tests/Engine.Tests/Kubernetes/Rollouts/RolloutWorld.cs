using k8s.Models;
using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Http;
using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Kubernetes.Sizes;
using MalariaIncident.Engine.Kubernetes.Slots;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Sandbox;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Simulation;
using MalariaIncident.Sandbox.World;
using Engine.Tests.Kubernetes.Sizes;
using Engine.Tests.Mitigations;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>The sandbox's production, and the real mechanism over the real acts, transport and health probes.</summary>
internal sealed class RolloutWorld : IAsyncDisposable, IScopeResolver
{
    private readonly ClusterConnections connections = new();
    // What is found out after a deadline has a second and a half, so that the prompt is back soon; a service has half a minute to be well.
    private readonly PatientClock clock = new(TimeSpan.FromMilliseconds(1500), TimeSpan.FromSeconds(30));
    private readonly Prober prober = new(new HealthProbe(TimeProvider.System), new HastyClock());

    private Action<ActStep.Progress>? onStep;

    private RolloutWorld(SandboxWorld sandbox) => Sandbox = sandbox;

    public SandboxWorld Sandbox { get; }

    /// <summary>For what ends by itself long before, on a machine that is not busy.</summary>
    public static TimeSpan Generous => TimeSpan.FromMinutes(3);

    private static Operator Person => new("tester", "here");

    public FakeJournal Journal { get; } = new();
    public DateTimeOffset? IncidentStartedAt { get; set; } = DateTimeOffset.UtcNow;
    public string? Container { get; set; } = ProductionNames.Container;
    public string? Incident { get; set; } = "INC-2026-0042";
    public string[] Features { get; set; } = ["ML_PREDICTIONS", "background-jobs"];
    public int? ReducedReplicas { get; set; } = 2;
    public int? ConnectionsPerPod { get; set; }
    public FakeHeadroom Headroom { get; } = new();
    public string? Service { get; set; } = ProductionNames.Service;
    public string[] Slots { get; set; } = [ProductionNames.BlueSlot, ProductionNames.GreenSlot];
    public string? Pooler { get; set; } = ProductionNames.Pooler;
    public Scope Scope => new() { Incident = Incident, Timeout = TimeSpan.FromMinutes(1) };

    /// <summary>A container that begins to crash comes back soon, so that a test need not wait.</summary>
    public static Pace Fast => new() { BackOff = TimeSpan.FromMilliseconds(200) };

    public IMitigations Mitigations
    {
        get
        {
            Mitigator? mitigator = null;
            var past = new PastMitigations((filter, token) => mitigator!.ListAsync(filter, token));
            mitigator = new Mitigator(
                Journal,
                this,
                new IMitigationAct[]
                {
                    new RollbackAct(connections, past, clock),
                    new DegradationAct(connections, clock),
                    new ResourceLimitAct(connections, clock),
                    new ScaleAct(connections, new(() => Headroom), clock),
                    new RestartAct(connections, clock),
                    new SlotSwitchAct(connections, clock),
                }.ToDictionary(act => act.Kind, act => new Lazy<IMitigationAct>(new WatchedAct(act, step => onStep?.Invoke(step)))),
                new Lazy<IServiceVerification>(() => new ServiceVerification(prober, clock)),
                new Approvals(Journal, new FakeRunbooks(), () => Person, TimeProvider.System),
                () => Person,
                TimeProvider.System);
            return mitigator;
        }
    }

    public V1Deployment Deployment =>
        Sandbox.Store.Find(ResourceKinds.Deployments, ProductionNames.Namespace, ProductionNames.Deployment)!.As<V1Deployment>();

    public V1Container Api => Deployment.Spec.Template.Spec.Containers.First(container => container.Name == ProductionNames.Container);

    public static Task<RolloutWorld> StartAsync(params string[] faults) => StartAsync(new Pace(), faults);

    public static async Task<RolloutWorld> StartAsync(Pace pace, params string[] faults) => new(await SandboxWorld.StartAsync(
        new SandboxOptions { Faults = faults, Pace = pace, Database = false, Cache = false }, CancellationToken.None));

    public async Task<MitigationPlan> PlanAsync(bool force = false, long? toRevision = null, TimeSpan? deadline = null) =>
        await Mitigations.PlanAsync(new RollbackRequest { Scope = Scope, Force = force, ToRevision = toRevision, Deadline = deadline ?? Generous }, CancellationToken.None);

    public async Task<MitigationPlan> DegradeAsync(string[]? features = null, int? replicas = null, bool force = false) =>
        await Mitigations.PlanAsync(
            new DegradationRequest { Scope = Scope, DisableFeatures = features, Replicas = replicas, Force = force, Deadline = Generous }, CancellationToken.None);

    public Task<MitigationPlan> ScaleAsync(int replicas, bool allowScaleDown = false, bool force = false, TimeSpan? deadline = null) => Mitigations.PlanAsync(
        new ScaleRequest { Scope = Scope, Replicas = replicas, AllowScaleDown = allowScaleDown, Force = force, Deadline = deadline ?? Generous }, CancellationToken.None);

    public Task<MitigationPlan> LimitAsync(
        string? memory = null, string? cpu = null, bool lowerRequest = false, bool inPlace = false, bool force = false, TimeSpan? deadline = null) => Mitigations.PlanAsync(
        new ResourceLimitRequest
        {
            Scope = Scope, Memory = memory, Cpu = cpu, LowerRequest = lowerRequest, InPlace = inPlace, Force = force, Deadline = deadline ?? Generous,
        },
        CancellationToken.None);

    public Task<DeploymentChangeResult> ApplyAsync(MitigationPlan plan, bool wait = true, Action<ActStep.Progress>? onStep = null) =>
        ApplyAsync<DeploymentChangeResult>(plan, wait, onStep);

    /// <summary>What is to happen at a step happens there: the act goes on behind it, and not before.</summary>
    public async Task<T> ApplyAsync<T>(MitigationPlan plan, bool wait = true, Action<ActStep.Progress>? onStep = null)
        where T : MitigationResult
    {
        this.onStep = onStep;
        try
        {
            MitigationResult? result = null;
            await foreach (var step in Mitigations.ApplyAsync(plan, new ApplyOptions { Wait = wait }, CancellationToken.None))
            {
                result = step.Result ?? result;
            }

            return Assert.IsType<T>(result, exactMatch: false);
        }
        finally
        {
            this.onStep = null;
        }
    }

    /// <summary>Carries out a plan whose deadline passes once it is followed and the cluster shows what is to be told then; gives the failure.</summary>
    public Task<IncidentException> OverdueAsync(MitigationPlan plan, Func<bool> shows) => OverdueAsync<DeploymentChangeResult>(plan, shows);

    /// <summary>The same for another kind of result.</summary>
    public async Task<IncidentException> OverdueAsync<T>(MitigationPlan plan, Func<bool> shows)
        where T : MitigationResult
    {
        var followed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        clock.Hold(plan.Deadline);
        var applying = ApplyAsync<T>(plan, onStep: step =>
        {
            if (step.Phase == MitigationPhase.Following)
            {
                followed.TrySetResult();
            }
        });
        await Task.WhenAny(followed.Task, applying);
        await Sandbox.WaitAsync(() => applying.IsCompleted || shows(), CancellationToken.None);
        if (!applying.IsCompleted)
        {
            clock.Pass();
        }

        return await Assert.ThrowsAsync<IncidentException>(() => applying);
    }

    /// <summary>The bad release serves from now on: it would begin to crash a few seconds after it was put back, and a busy machine has not seen by then that it was.</summary>
    public void MendBadRelease() => Sandbox.Behaviours.Set(
        "mended", (_, container) => container.Image == $"{ProductionNames.Image}:{Behaviours.BadTag}" ? Sandbox.Behaviours.Healthy : null);

    /// <summary>No pod with one of these tags becomes ready until this is disposed of: a rollout to it is found under way, however busy the machine is.</summary>
    public Unready HoldUnready(params string[] tags) => new(Sandbox, tags);

    public async Task<DeploymentChangeResult> UndoAsync(string mitigation, bool force = false) =>
        await ApplyAsync(await Mitigations.PlanUndoAsync(mitigation, Scope, force, CancellationToken.None));

    public async Task<IReadOnlyList<RolloutRevision>> HistoryAsync()
    {
        var history = new RolloutHistory(connections, new PastMitigations(Mitigations.ListAsync), TimeProvider.System);
        var revisions = new List<RolloutRevision>();
        await foreach (var revision in history.ReadAsync(Resolve(Scope), CancellationToken.None))
        {
            revisions.Add(revision);
        }

        return revisions;
    }

    /// <summary>What another responder, a pipeline or a controller does meanwhile.</summary>
    public void SomebodyChanges(Action<V1Deployment> change) => SomebodyChanges(ProductionNames.Deployment, change);

    /// <summary>The same with another deployment.</summary>
    public void SomebodyChanges(string name, Action<V1Deployment> change)
    {
        Sandbox.Store.Update<V1Deployment>(ResourceKinds.Deployments, ProductionNames.Namespace, name, deployment =>
        {
            change(deployment);
            deployment.Metadata.Generation++;
        });
        // The controllers have seen it: their first answer does not come between a read of ours and the write behind it.
        Sandbox.Advance(TimeSpan.Zero);
    }

    /// <summary>The controllers write the status, and the resource version moves with it; they have done so when this returns.</summary>
    public void StatusMoves()
    {
        Sandbox.Store.Update<V1Deployment>(ResourceKinds.Deployments, ProductionNames.Namespace, ProductionNames.Deployment, deployment =>
            deployment.Status.CollisionCount = (deployment.Status.CollisionCount ?? 0) + 1);
        Sandbox.Advance(TimeSpan.Zero);
    }

    public async Task<MitigationState> StateOf(string mitigation)
    {
        await foreach (var known in Mitigations.ListAsync(new MitigationFilter { Ids = [mitigation] }, CancellationToken.None))
        {
            return known.State;
        }

        throw new InvalidOperationException($"{mitigation} is not in the journal.");
    }

    public Task<ReadBack> ReadBackAsync(MitigationPlan plan) =>
        new DeploymentChange(connections, TimeProvider.System).ReadBackAsync(plan, Resolve(plan.Scope), CancellationToken.None);

    public static async Task<FailureKind> FailureOf(Func<Task> work) => (await Assert.ThrowsAsync<IncidentException>(work)).Kind;

    public Task<ResolvedScope> ResolveAsync(Scope scope, CancellationToken cancellationToken) => Task.FromResult(Resolve(scope));

    public Task<string> RevealAsync(string valueOrReference, ResolvedScope scope, CancellationToken cancellationToken) => Task.FromResult(valueOrReference);

    public async ValueTask DisposeAsync()
    {
        connections.Dispose();
        await Sandbox.DisposeAsync();
    }

    private ResolvedScope Resolve(Scope scope)
    {
        var environment = new OperationsEnvironment
        {
            Name = "production",
            Features = Features,
            ReducedReplicas = ReducedReplicas,
            ConnectionsPerPod = ConnectionsPerPod,
            Service = Service,
            Slots = Slots,
            Pooler = Pooler,
        };
        return new ResolvedScope
        {
            Typed = scope with { Environment = "production" },
            IncidentStartedAt = IncidentStartedAt,
            Environment = environment,
            KubeConfig = scope.KubeConfig ?? Sandbox.KubeConfig,
            Context = scope.Context,
            Namespace = scope.Namespace ?? ProductionNames.Namespace,
            Deployment = scope.Deployment ?? ProductionNames.Deployment,
            Container = scope.Container ?? Container,
            Liveness = new Uri(Sandbox.Application, "/health/liveness").ToString(),
            Readiness = new Uri(Sandbox.Application, "/health/readiness").ToString(),
            Timeout = scope.Timeout ?? TimeSpan.FromMinutes(1),
        };
    }

    /// <summary>Keeps pods from becoming ready.</summary>
    internal sealed class Unready : IDisposable
    {
        private const string Name = "held-unready";
        private readonly SandboxWorld sandbox;

        public Unready(SandboxWorld sandbox, string[] tags)
        {
            this.sandbox = sandbox;
            var behaviours = sandbox.Behaviours;
            behaviours.Set(Name, (_, container) => tags.Any(tag => container.Image == $"{ProductionNames.Image}:{tag}") ? behaviours.Healthy with { NeverReady = true } : null);
        }

        public void Dispose()
        {
            sandbox.Behaviours.Clear(Name);
            sandbox.Store.Nudge();
        }
    }

    /// <summary>Between two probes of a service: how often it is asked matters to these tests, and not how long that takes.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime / 10, period);
    }
}
