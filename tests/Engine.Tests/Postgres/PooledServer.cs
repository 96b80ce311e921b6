using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Postgres.Poolers;
using MalariaIncident.Sandbox.Databases;
using Engine.Tests.Http;

namespace Engine.Tests.Postgres;

/// <summary>A real server behind a real PgBouncer; a machine without one of them skips, unless servers are required.</summary>
public sealed class PooledServer : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("malaria-incident-tests-").FullName;
    private ThrowAwayPgBouncer? _pooler;

    public PostgresServer Postgres { get; } = new();

    public ThrowAwayPgBouncer Pooler
    {
        get
        {
            Skip.If(_pooler is null && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", "No PgBouncer is installed here.");
            return _pooler ?? throw new InvalidOperationException("MALARIA_INCIDENT_REQUIRE_SERVERS is set, and no PgBouncer is installed here.");
        }
    }

    public async Task InitializeAsync()
    {
        await Postgres.InitializeAsync();
        if (Postgres.IsThere)
        {
            _pooler = await StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (_pooler is not null)
        {
            await _pooler.DisposeAsync();
        }

        await Postgres.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A second one before the same server.</summary>
    public Task<ThrowAwayPgBouncer?> StartAsync(IReadOnlyDictionary<string, string>? settings = null, (string Certificate, string Key)? tls = null) =>
        ThrowAwayPgBouncer.TryStartAsync(_directory, Postgres.Server, settings, tls);

    /// <summary>A client of the pooler with a transaction open, which keeps a server connection in use.</summary>
    internal static async Task<Session> BusyAsync(ThrowAwayPgBouncer pooler)
    {
        var session = await Session.OpenAsync(pooler.ConnectionString);
        await session.ExecuteAsync("BEGIN; SELECT 1");
        return session;
    }
}

/// <summary>The changes of a pooler with nothing around them.</summary>
internal sealed class PoolRoom
{
    private readonly FixedScopes _scopes;
    private readonly PoolResumptionAct _resumption;
    private readonly Scope _scope;

    public PoolRoom(string console, TimeSpan? timeout = null, OperationsEnvironment? environment = null, IPodPorts? pods = null, string? podsNamed = null, string? kubeConfig = null, Func<string, string?>? variable = null)
    {
        _scopes = new(environment);
        _scope = new() { ConnectionString = console.Length == 0 ? null : console, Timeout = timeout, Incident = "INC-2026-0001", Pods = podsNamed, KubeConfig = kubeConfig };
        var consoles = new PoolerConsoles(_scopes, new SessionSecrets(), pods ?? new NoPods(), TimeProvider.System, variable ?? (_ => null));
        _resumption = new(consoles, (_, _) => InForce.ToAsyncEnumerable());
        Acts = new IMitigationAct[] { new PoolResetAct(consoles), new PoolSuspensionAct(consoles, _resumption), _resumption }.ToDictionary(act => act.Kind);
    }

    public IReadOnlyDictionary<MitigationKind, IMitigationAct> Acts { get; }
    public List<Mitigation> InForce { get; } = [];
    public ResolvedScope Resolved => _scopes.Resolve(_scope);

    public PoolSuspensionRequest Pause(TimeSpan? deadline = null, params IReadOnlyList<string> databases) => new() { Scope = _scope, Databases = databases, Deadline = deadline };

    public PoolResumptionRequest Resume(params IReadOnlyList<string> databases) => new() { Scope = _scope, Databases = databases };

    public PoolResetRequest Reset(bool reload = false) => new() { Scope = _scope, ReloadConfiguration = reload };

    public Task<MitigationPlan> PlanAsync(MitigationRequest request) => Acts[request.Kind].PlanAsync(request, Resolved, "MIT-TEST0001", CancellationToken.None);

    public async Task<IReadOnlyList<PoolChangeResult>> CarryAsync(MitigationPlan plan, CancellationToken stop = default) =>
        [.. (await Acts[plan.Kind].SendAsync(plan, Resolved, stop).ToListAsync(stop)).OfType<ActStep.Part>().Select(part => (PoolChangeResult)part.Result)];

    public async Task<IReadOnlyList<PoolChangeResult>> CarryAsync(MitigationRequest request) => await CarryAsync(await PlanAsync(request));

    public Task<ReadBack> ReadBackAsync(MitigationPlan plan) => Acts[plan.Kind].ReadBackAsync(plan, Resolved, CancellationToken.None);
}
