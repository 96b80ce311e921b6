using MalariaIncident.Engine.Dependencies;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.GitHub;
using MalariaIncident.Engine.Http;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Kubernetes.Access;
using MalariaIncident.Engine.Kubernetes.Logs;
using MalariaIncident.Engine.Kubernetes.PortForward;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Kubernetes.Sizes;
using MalariaIncident.Engine.Kubernetes.Slots;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Activity;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Postgres.Poolers;
using MalariaIncident.Engine.Postgres.Stops;
using MalariaIncident.Engine.Prometheus;
using MalariaIncident.Engine.Readiness;
using MalariaIncident.Engine.Redis;
using MalariaIncident.Engine.Resolution;
using MalariaIncident.Engine.Runbooks;
using MalariaIncident.Engine.Stores;
using MalariaIncident.Engine.Web;

namespace MalariaIncident.Engine;

/// <summary>
/// The composition root: every room is made when it is first entered, so that a command for Kubernetes never loads Npgsql.
/// Created by the module's load context by name.
/// </summary>
public sealed class EngineRooms : IEngine
{
    // Read whenever they are needed: what a session sets after its first command counts for the next.
    private static readonly Func<string, string?> Variable = Environment.GetEnvironmentVariable;

    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly Lazy<SqliteEventStore> _store = new(() => new SqliteEventStore(() => StoreLocation.Resolve(Variable), () => ReadOnlyMode.IsOn));
    private readonly Lazy<ChainWriter> _chains;
    private readonly Lazy<IJournal> _journal;
    private readonly Lazy<IRunbooks> _runbooks = new(() => new RunbookDocument(Variable));
    private readonly Lazy<IEnvironments> _environments = new(() => new EnvironmentFile(Variable));
    private readonly Lazy<IIncidents> _incidents;
    private readonly Lazy<IScopeResolver> _scopes;
    private readonly Lazy<Prober> _prober;
    private readonly Lazy<ClusterConnections> _connections;
    private readonly Lazy<IClusters> _clusters;
    private readonly Lazy<ILogs> _logs;
    private readonly SessionSecrets _secrets = new();
    private readonly Lazy<PostgresConnector> _postgres;
    private readonly Lazy<IDatabases> _databases;
    private readonly Lazy<IMitigations> _mitigations;
    private readonly Lazy<ISafety> _safety;
    private readonly Lazy<ICaches> _caches;
    private readonly Lazy<IDeployments> _deployments;
    private readonly Lazy<IMetrics> _metrics;
    private readonly Lazy<IServices> _services;
    private readonly Lazy<IDependencies> _dependencies;
    private readonly Lazy<IReadiness> _readiness;
    private readonly Lazy<IReports> _reports;

    /// <summary>Enters no room.</summary>
    public EngineRooms()
    {
        _chains = new(() => new ChainWriter(_clock, Who));
        _journal = new(() => new Journal(_store.Value, _chains.Value));
        _incidents = new(() => new IncidentDesk(
            _store.Value, _chains.Value, _journal.Value, Runbooks, Environments, new OpenMitigations(new MitigationLedger(_journal.Value))));
        _prober = new(() => new Prober(new HealthProbe(_clock), _clock));
        _connections = new(() => new ClusterConnections(_clock));
        _clusters = new(() => new Clusters(_scopes!.Value, _journal.Value, _connections.Value, Past(), _clock));
        _logs = new(() => new ServiceLogs(_scopes!.Value, _journal.Value, _connections.Value, _clock));
        _postgres = new(() => new PostgresConnector(_scopes!.Value, _secrets, new PodPorts(_connections), _clock, Variable));
        _databases = new(() => new Postgres.Databases(_postgres.Value, _scopes!.Value, _journal.Value));
        _mitigations = new(() => new Mitigator(
            _journal.Value, _scopes!.Value, Acts(), new(() => new ServiceVerification(_prober.Value, _clock)),
            new Approvals(_journal.Value, Runbooks, Who, _clock), Who, _clock));
        _safety = new(() => new Safety(() => _journal.Value));
        _caches = new(() => new Caches(_scopes!.Value, _journal.Value, Variable, _clock));
        _deployments = new(() => new Deployments(
            _scopes!.Value, _journal.Value, (scope, token) => Clusters.PeekRolloutHistoryAsync(scope, token), new GitHubRuns(new WebConversation(_clock), _clock), Variable));
        _metrics = new(() => new PrometheusMetrics(_scopes!.Value, _journal.Value, new WebConversation(_clock), _clock));
        _services = new(() => new Services(
            _scopes!.Value,
            _journal.Value,
            _prober.Value,
            [
                new ClusterResolution(() => Clusters),
                new DatabaseResolution(() => Databases),
                new LogResolution(() => Logs),
                new MitigationResolution(() => Mitigations),
                new PeopleResolution(),
            ],
            _clock));
        _dependencies = new(() => new ServiceDependencies(
            _scopes!.Value,
            _journal.Value,
            [
                new Postgres.DatabaseDependency(_postgres.Value),
                new CacheDependency(_scopes!.Value, Variable, _clock),
                new WebDependencies(_scopes!.Value, new WebConversation(_clock)),
            ],
            new PodProbes(_connections),
            _clock));
        _readiness = new(() => new EnvironmentReadiness(
            _scopes!.Value,
            _journal.Value,
            [
                new ClusterReadiness(_connections.Value, Past(), _clock),
                new Postgres.DatabaseReadiness(_postgres.Value),
                new Postgres.Poolers.PoolerReadiness(PoolerConsoles()),
                new DependencyReadiness([new CacheDependency(_scopes.Value, Variable, _clock), new WebDependencies(_scopes.Value, new WebConversation(_clock))]),
                new HealthReadiness(_prober.Value),
                new MetricReadiness(_scopes.Value, new WebConversation(_clock), _clock),
                new RepositoryReadiness(new GitHubRuns(new WebConversation(_clock), _clock), Variable),
                new SecretReadiness(_scopes.Value),
                new RecordReadiness(() => _journal.Value, () => Runbooks),
            ],
            _clock));
        _reports = new(() => new Reports.Reports(Incidents, _journal.Value, new MitigationLedger(_journal.Value), _clock));
        _scopes = new(() => new ScopeResolver(Environments, _journal.Value, new SecretReferences(Variable, [new KubernetesSecretSource(_connections)])));
    }

    /// <inheritdoc/>
    public IIncidents Incidents => _incidents.Value;
    /// <inheritdoc/>
    public IMitigations Mitigations => _mitigations.Value;
    /// <inheritdoc/>
    public ISafety Safety => _safety.Value;
    /// <inheritdoc/>
    public IClusters Clusters => _clusters.Value;
    /// <inheritdoc/>
    public IDatabases Databases => _databases.Value;
    /// <inheritdoc/>
    public ICaches Caches => _caches.Value;
    /// <inheritdoc/>
    public IDeployments Deployments => _deployments.Value;
    /// <inheritdoc/>
    public IMetrics Metrics => _metrics.Value;
    /// <inheritdoc/>
    public IServices Services => _services.Value;
    /// <inheritdoc/>
    public IDependencies Dependencies => _dependencies.Value;
    /// <inheritdoc/>
    public ILogs Logs => _logs.Value;
    /// <inheritdoc/>
    public IRunbooks Runbooks => _runbooks.Value;
    /// <inheritdoc/>
    public IEnvironments Environments => _environments.Value;
    /// <inheritdoc/>
    public IReadiness Readiness => _readiness.Value;
    /// <inheritdoc/>
    public IReports Reports => _reports.Value;

    internal IJournal Journal => _journal.Value;
    internal IScopeResolver Scopes => _scopes.Value;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (_store.IsValueCreated)
        {
            _store.Value.Dispose();
        }

        if (_connections.IsValueCreated)
        {
            _connections.Value.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>One line per kind of change, in the adapter that can make it.</summary>
    private Dictionary<MitigationKind, Lazy<IMitigationAct>> Acts() => new()
    {
        [MitigationKind.Rollback] = new(() => Permitted("Invoke-EmergencyRollback", new RollbackAct(_connections.Value, Past(), _clock))),
        [MitigationKind.PoolReset] = new(() => new PoolResetAct(PoolerConsoles())),
        [MitigationKind.PoolSuspension] = new(() => new PoolSuspensionAct(PoolerConsoles(), PoolResumption())),
        [MitigationKind.PoolResumption] = new(PoolResumption),
        [MitigationKind.QueryStop] = new(() => new QueryStopAct(_postgres.Value, _clock)),
        [MitigationKind.Degradation] = new(() => Permitted("Set-ServiceDegradation", new DegradationAct(_connections.Value, _clock))),
        [MitigationKind.ResourceLimit] = new(() => Permitted("Set-ResourceLimit", new ResourceLimitAct(_connections.Value, _clock))),
        [MitigationKind.Scale] = new(() => Permitted("Set-ServiceScale", new ScaleAct(_connections.Value, new(() => new ConnectionHeadroom(_postgres.Value)), _clock))),
        [MitigationKind.SlotSwitch] = new(() => Permitted("Switch-DeploymentSlot", new SlotSwitchAct(_connections.Value, _clock))),
        [MitigationKind.Restart] = new(() => Permitted("Restart-Deployment", new RestartAct(_connections.Value, _clock))),
    };

    private PermittedAct Permitted(string command, IMitigationAct act) => new(act, command, _connections.Value);

    private static Operator Who() => Operator.Resolve(Variable);

    private PoolerConsoles PoolerConsoles() => new(_scopes.Value, _secrets, new PodPorts(_connections), _clock, Variable);

    private PoolResumptionAct PoolResumption() => new(PoolerConsoles(), Mitigations.ListAsync);

    private PastMitigations Past() => new(Mitigations.ListAsync);
}
