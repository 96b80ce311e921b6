using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using k8s.Models;
using MalariaIncident.Sandbox.Application;
using MalariaIncident.Sandbox.Databases;
using MalariaIncident.Sandbox.Faults;
using MalariaIncident.Sandbox.Kubernetes;
using MalariaIncident.Sandbox.Kubernetes.Requests;
using MalariaIncident.Sandbox.Kubernetes.Security;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Observed;
using MalariaIncident.Sandbox.Simulation;
using MalariaIncident.Sandbox.World;

namespace MalariaIncident.Sandbox;

/// <summary>A whole production on loopback: a Kubernetes API, the application, its databases, and what can go wrong with them.</summary>
public sealed class SandboxWorld : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(3);
    private readonly SandboxClock _clock = new();
    private readonly SandboxAuthority _authority = new();
    private readonly ClusterStore _store;
    private readonly ClusterSimulation _simulation;
    private readonly ApiServer _api;
    private readonly ApplicationServer _application;
    private readonly PrometheusServer _prometheus;
    private readonly GitHubServer _gitHub;
    private readonly ClimateStore _climateStore = new();
    private readonly FaultReach _reach;
    private readonly PodPortForward _portForward;
    private readonly WorldDatabases _databases;
    private readonly List<string> _notes = [];
    private readonly bool _ownsDirectory;
    private readonly (string Operator, string Reader) _teamTokens;

    private SandboxWorld(SandboxOptions options)
    {
        _ownsDirectory = options.Directory is null;
        Directory = Path.GetFullPath(options.Directory ?? Path.Combine(Path.GetTempPath(), "malaria-sandbox-" + Guid.NewGuid().ToString("N")[..12]));
        System.IO.Directory.CreateDirectory(Directory);
        _store = new(_clock);
        _simulation = new(_store, _clock, options.Pace);
        var (access, lists) = (new AccessRules(), new ListQuery(_store));
        _portForward = new(_store);
        var logs = new LogBook(_clock);
        var podNetwork = new DependencyProbe();
        _databases = new(logs);
        var pods = new PodServices(new(_store, logs, _simulation.Nodes, _clock), new(_store, podNetwork, _clock), _portForward);
        var dispatcher = new ApiDispatcher(_store, access, lists, pods, _clock);
        _reach = new(_store, _simulation, new(_store, _clock, _simulation), new(), access, lists, dispatcher, _databases, _climateStore, podNetwork);
        AdminToken = Token();
        ViewerToken = Token();
        var (operatorToken, readerToken) = _teamTokens = (Token(), Token());
        access.Apply(RoleManifest.Shipped("incident-reader.yaml"), ProductionNames.Namespace);
        access.Apply(RoleManifest.Shipped("incident-operator.yaml"), ProductionNames.Namespace);
        var people = new Dictionary<string, Identity>(StringComparer.Ordinal)
        {
            [AdminToken] = Identity.Admin, [ViewerToken] = Identity.Viewer, [operatorToken] = Identity.Operator, [readerToken] = Identity.Reader,
        };
        _api = new(_authority, options.Certificate, people,
            dispatcher, _reach.Api, new(Path.Combine(Directory, "requests.log")), _clock);
        var releases = new ReleaseHistory(_store);
        _prometheus = new(new(releases));
        _gitHub = new(releases);
        _application = new(_store) { DatabaseTrouble = _databases.TroubleAsync };
    }

    /// <summary>Where its files are.</summary>
    public string Directory { get; }
    /// <summary>Path of the kubeconfig: contexts <c>sandbox</c>, <c>sandbox-token</c>, <c>sandbox-viewer</c>, <c>sandbox-operator</c>, <c>sandbox-reader</c>.</summary>
    public string KubeConfig => Path.Combine(Directory, "kubeconfig");
    /// <summary>Path of the environment file.</summary>
    public string EnvironmentFile => Path.Combine(Directory, "environments.yaml");
    /// <summary>The Kubernetes API.</summary>
    public Uri Api => _api.Address;
    /// <summary>The application.</summary>
    public Uri Application => _application.Address;
    /// <summary>The Prometheus that watches the application.</summary>
    public Uri Prometheus => _prometheus.Address;
    /// <summary>The GitHub API with the runs that released it.</summary>
    public Uri GitHub => _gitHub.Address;
    /// <summary>What stands for the store that ERA5 comes from.</summary>
    public Uri ClimateStore => _climateStore.Era5;
    /// <summary>Bearer token that may do everything.</summary>
    public string AdminToken { get; }
    /// <summary>Bearer token that may read.</summary>
    public string ViewerToken { get; }
    /// <summary>Certificate of the API's authority, PEM.</summary>
    public string AuthorityPem => _authority.Pem;
    /// <summary>The PostgreSQL behind it; null where none is installed or wanted.</summary>
    public ThrowAwayPostgres? Database => _databases.Postgres;
    /// <summary>The standby behind <c>postgres-0</c>; null without one.</summary>
    public ThrowAwayPostgres? Standby => _databases.Standby;
    /// <summary>The PgBouncer in front of the database; null where none is installed.</summary>
    public ThrowAwayPgBouncer? Pooler => _databases.Pooler;
    /// <summary>The Redis behind it; null where none is wanted.</summary>
    public ThrowAwayRedis? Cache => _databases.Redis;
    /// <summary>The sessions of the fault <c>blocked-table</c>; null without it.</summary>
    public StuckQueries? Stuck => _databases.Stuck;
    /// <summary>What this machine could not give, in sentences for the user.</summary>
    public IReadOnlyList<string> Notes => _notes;
    /// <summary>Every request that the API got, in their order.</summary>
    public IReadOnlyList<RecordedRequest> Requests => _api.Requests;
    /// <summary>The requests that could have changed something.</summary>
    public IReadOnlyList<RecordedRequest> Writes => [.. Requests.Where(request => request.IsWrite)];
    /// <summary>Names and descriptions of the faults.</summary>
    public static IReadOnlyDictionary<string, string> FaultDescriptions { get; } = FaultCatalogue.All.ToDictionary(fault => fault.Name, fault => fault.Description, StringComparer.Ordinal);

    /// <summary>Starts everything. ArgumentException for an unknown fault.</summary>
    public static async Task<SandboxWorld> StartAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        var faults = options.Faults.Select(Find).ToList();
        var world = new SandboxWorld(options);
        try
        {
            await world.StartAsync(options, faults, cancellationToken);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Brings a fault about now and waits until it shows.</summary>
    public async Task InjectAsync(string name, CancellationToken cancellationToken)
    {
        var fault = Find(name);
        foreach (var step in fault.Steps)
        {
            lock (_store.Gate) step.Do(_reach);
            _store.Nudge();
            if (fault.Shows is { } shows) await WaitAsync(() => shows(_reach), cancellationToken);
        }
        if (fault.Begin is { } begin && !await begin(_reach, cancellationToken))
            throw new InvalidOperationException($"The fault '{name}' needs a server that is not installed on this machine.");
    }

    /// <summary>Ends a fault. A release stays until somebody rolls it back.</summary>
    public async Task ClearAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var fault = Find(name);
        lock (_store.Gate) fault.Clear?.Invoke(_reach);
        _store.Nudge();
        if (fault.End is { } end) await end(_reach);
    }

    /// <summary>Puts a fault of one's own on the API; it is cleared by its name.</summary>
    public void Inject(string name, ApiFault fault) => _reach.Api.Add(name, fault);

    /// <summary>Takes the API fault of that name away.</summary>
    public void Clear(string name) => _reach.Api.Remove(name);

    /// <summary>Takes a verb on a resource (<c>deployments/scale</c>) from everyone.</summary>
    public void Forbid(string verb, string resource) => _reach.Access.Deny(verb, resource);

    /// <summary>Plays a span of the future at once; the sandbox's clock is ahead of the real one from then on.</summary>
    public void Advance(TimeSpan span) => _simulation.Advance(span);

    /// <summary>Waits for a change of the cluster after which the condition holds.</summary>
    internal async Task WaitAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            _store.ChangesAfter(_store.Version, out _, out var changed);
            if (condition()) return;
            if (clock.Elapsed > LongestWait) throw new TimeoutException("The sandbox did not come to the expected state within three minutes.");
            await Task.WhenAny(changed, Task.Delay(TimeSpan.FromSeconds(1), cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    internal ClusterStore Store => _store;
    internal PodPortForward PortForward => _portForward;
    internal Behaviours Behaviours => _simulation.Behaviours;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _simulation.DisposeAsync();
        await _api.DisposeAsync();
        await _application.DisposeAsync();
        await _prometheus.DisposeAsync();
        await _gitHub.DisposeAsync();
        await _climateStore.DisposeAsync();
        await _databases.DisposeAsync();
        _authority.Dispose();
        if (_ownsDirectory) await RemoveDirectoryAsync();
    }

    /// <summary>A request that was cut may still be writing itself down.</summary>
    private async Task RemoveDirectoryAsync()
    {
        for (var tries = 1; System.IO.Directory.Exists(Directory); tries++)
        {
            try
            {
                System.IO.Directory.Delete(Directory, recursive: true);
            }
            catch (IOException) when (tries < 50)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private async Task StartAsync(SandboxOptions options, IReadOnlyList<Fault> faults, CancellationToken cancellationToken)
    {
        var databases = _databases.StartAsync(Directory, options, cancellationToken);
        await Task.WhenAll(
            _api.StartAsync(cancellationToken), _application.StartAsync(cancellationToken), _prometheus.StartAsync(cancellationToken),
            _gitHub.StartAsync(cancellationToken), _climateStore.StartAsync(cancellationToken), Task.Run(() => Play(options, faults), cancellationToken), databases);
        Connect();
        KubeConfigFile.Write(KubeConfig, Api, _authority, AdminToken, ViewerToken, _teamTokens.Operator, _teamTokens.Reader);
        Sandbox.EnvironmentFile.Write(EnvironmentFile, KubeConfig, Application, Prometheus, GitHub, _climateStore.Era5, Database?.ConnectionString, Pooler?.Console, Cache?.ConnectionString);
        _simulation.Start();
        if (Database is not null && Pooler is null) _notes.Add("PgBouncer is not installed here: the commands for connection pools have nothing to talk to.");
        if (options.Database && Database is null) _notes.Add("PostgreSQL is not installed here: the database and its faults are left out.");
        foreach (var fault in faults.Where(fault => fault.Begin is not null))
            if (!await fault.Begin!(_reach, cancellationToken)) _notes.Add($"The fault {fault.Name} is left out.");
    }

    /// <summary>Puts the databases where the cluster expects them: in the secret, and behind the ports of their pods.</summary>
    private void Connect()
    {
        _store.Update<V1Secret>(ResourceKinds.Secrets, ProductionNames.Namespace, ProductionNames.Secret, secret =>
        {
            if (Database is not null) secret.Data["database-url"] = Encoding.UTF8.GetBytes(Database.Url);
            if (Cache is not null) secret.Data["redis-url"] = Encoding.UTF8.GetBytes(Cache.Url);
        });
        if (Database is null) return;
        _portForward.Backends[(ProductionNames.Database, 5432)] = Database.Port;
        if (Standby is not null) _portForward.Backends[($"{ProductionNames.Database}-0", 5432)] = Standby.Port;
        if (Pooler is not null) _portForward.Backends[(ProductionNames.Pooler, 6432)] = Pooler.Port;
    }

    /// <summary>The month before the sandbox began, with the steps of its faults where they belong.</summary>
    private void Play(SandboxOptions options, IReadOnlyList<Fault> faults)
    {
        var now = DateTimeOffset.UtcNow;
        var steps = faults.SelectMany(fault => fault.Steps).OrderByDescending(step => step.Ago).ToList();
        _reach.History.Play(now - TimeSpan.FromDays(1), "postgres://postgres:5432/malaria_prediction", "redis://redis:6379", options.Replicas, options.Standby ? 2 : 1);
        foreach (var step in steps)
        {
            _simulation.PlayUntil(now - step.Ago);
            step.Do(_reach);
        }
        _simulation.PlayUntil(now);
        if (options.BulkPods > 0) new BulkPods(_store, _simulation.Scenery).Load(options.BulkPods, Math.Max(1, options.BulkNodes), now);
    }

    private static Fault Find(string name) => FaultCatalogue.All.FirstOrDefault(fault => fault.Name == name)
        ?? throw new ArgumentException($"There is no fault called '{name}'. Known faults: {string.Join(", ", FaultCatalogue.All.Select(fault => fault.Name))}.", nameof(name));

    private static string Token() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
}
