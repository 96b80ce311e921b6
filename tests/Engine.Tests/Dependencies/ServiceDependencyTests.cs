using Engine.Tests.Http;
using Engine.Tests.Kubernetes;
using MalariaIncident;
using MalariaIncident.Engine.Dependencies;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Http;
using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Postgres;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Redis;
using MalariaIncident.Engine.Web;
using MalariaIncident.Sandbox;
using EnvironmentFile = MalariaIncident.Engine.Environments.EnvironmentFile;

namespace Engine.Tests.Dependencies;

[Collection(nameof(ProcessEnvironment))]
public sealed class ServiceDependencyTests(DependencyWorld fixture) : IClassFixture<DependencyWorld>
{
    private SandboxWorld World => fixture.World;

    [SkippableFact]
    public async Task What_is_well_answers_both_sides_and_no_secret_is_in_the_record()
    {
        NeedServers();
        var journal = new RecordingJournal();
        var found = await TestAsync(World, journal: journal);
        Assert.Equal(["database", "cache", "era5"], found.Select(dependency => dependency.Name));
        Assert.All(found, dependency =>
        {
            Assert.True(dependency.Verdict == DependencyVerdict.Up, dependency.Detail);
            Assert.Equal((DependencyState.Up, DependencyState.Up), (dependency.Here.State, dependency.Pod.State));
            Assert.EndsWith("/api", dependency.Pod.From, StringComparison.Ordinal);
        });
        Assert.Equal(3, journal.Appended.Count);
        var record = string.Concat(journal.Appended.Select(entry => entry.Text + entry.Data));
        Assert.DoesNotContain(World.Cache!.Password, record, StringComparison.Ordinal);
        Assert.DoesNotContain(new Uri(World.Database!.Url).UserInfo.Split(':')[1], record, StringComparison.Ordinal);
        var execs = World.Requests.Where(request => request.Path.EndsWith("/exec", StringComparison.Ordinal)).Select(request => Uri.UnescapeDataString(request.Query)).ToList();
        Assert.NotEmpty(execs);
        Assert.All(execs, query => Assert.DoesNotContain(World.Cache.Password, query, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_network_policy_is_told_from_a_dependency_that_is_down()
    {
        NeedServers();
        await World.InjectAsync("cut-off-pods", CancellationToken.None);
        try
        {
            Assert.All(await TestAsync(World), dependency => Assert.True(dependency.Verdict == DependencyVerdict.UnreachableFromPod, dependency.Detail));
        }
        finally
        {
            await World.ClearAsync("cut-off-pods", CancellationToken.None);
        }
    }

    [Fact]
    public async Task Trap_ERA5_in_maintenance_is_a_failure_on_both_sides()
    {
        await World.InjectAsync("era5-maintenance", CancellationToken.None);
        try
        {
            var era5 = Assert.Single(await TestAsync(World, names: "era*"));
            Assert.Equal(DependencyVerdict.Failing, era5.Verdict);
            Assert.Contains("503", era5.Here.Detail, StringComparison.Ordinal);
            Assert.Contains("503", era5.Pod.Detail, StringComparison.Ordinal);
        }
        finally
        {
            await World.ClearAsync("era5-maintenance", CancellationToken.None);
        }
    }

    [SkippableFact]
    public async Task A_wrong_address_here_is_not_the_applications_trouble()
    {
        NeedServers();
        var database = Assert.Single(await TestAsync(World, "Host=127.0.0.1;Port=1;Username=u;Password=p", names: "database"));
        Assert.True(database.Verdict == DependencyVerdict.UnreachableFromHere, database.Detail);
        Assert.Equal(DependencyState.Up, database.Pod.State);
        Assert.Equal("127.0.0.1:1", database.Here.Address);
    }

    [SkippableFact]
    public async Task Refused_credentials_name_the_side()
    {
        NeedServers();
        var database = Assert.Single(await TestAsync(World, World.Database!.Url.Replace("@", "wrong@", StringComparison.Ordinal), names: "database"));
        Assert.True(database.Verdict == DependencyVerdict.CredentialsRefused, database.Detail);
        Assert.StartsWith("database refuses the credentials of this machine.", database.Detail, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Trap_a_full_cache_answers_PING_and_is_failing()
    {
        NeedServers();
        Skip.If(World.Cache is not { IsRedis: true }, "No redis-server is found here.");
        await World.InjectAsync("full-cache", CancellationToken.None);
        try
        {
            var cache = Assert.Single(await TestAsync(World, names: "cache"));
            Assert.True(cache.Verdict == DependencyVerdict.Failing, cache.Detail);
            Assert.Equal(DependencyState.Up, cache.Pod.State);
        }
        finally
        {
            await World.ClearAsync("full-cache", CancellationToken.None);
        }
    }

    [Fact]
    public async Task What_nobody_reaches_is_down()
    {
        var file = Path.Combine(World.Directory, "down.yaml");
        var text = await File.ReadAllTextAsync(World.EnvironmentFile);
        await File.WriteAllTextAsync(file, text.Replace("dependencies: { era5:", "dependencies: { gone: 'http://127.0.0.1:1/', era5:", StringComparison.Ordinal));
        var gone = Assert.Single(await TestAsync(World, names: "gone", file: file));
        Assert.True(gone.Verdict == DependencyVerdict.Down, gone.Detail);
    }

    [Fact]
    public async Task Under_the_read_only_switch_nothing_is_run_in_a_pod()
    {
        var before = Execs(World);
        using var readOnly = new ProcessEnvironment("MALARIA_INCIDENT_READONLY", "1");
        var era5 = Assert.Single(await TestAsync(World, names: "era5"));
        Assert.Equal((DependencyVerdict.Up, DependencyState.NotChecked), (era5.Verdict, era5.Pod.State));
        Assert.Contains("MALARIA_INCIDENT_READONLY", era5.Pod.Detail, StringComparison.Ordinal);
        Assert.Equal(before, Execs(World));
    }

    [Fact]
    public async Task The_switch_holds_where_an_exec_would_leave_as_well()
    {
        using var connections = new ClusterConnections();
        var connection = await connections.OpenAsync(await Scopes(World.EnvironmentFile).ResolveAsync(new(), default), default);
        using var readOnly = new ProcessEnvironment("MALARIA_INCIDENT_READONLY", "1");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => connection.ExecuteAsync("Trying", TimeSpan.FromMinutes(1), "some-pod", "api", ["true"], default));
        Assert.Equal(FailureKind.ReadOnlyMode, failure.Kind);
    }

    [Fact]
    public async Task A_container_without_tools_says_so()
    {
        var era5 = Assert.Single(await TestAsync(World, names: "era5", container: "metrics"));
        Assert.Equal((DependencyVerdict.Up, DependencyState.NotChecked), (era5.Verdict, era5.Pod.State));
        Assert.Contains("neither python3 nor a shell", era5.Pod.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trap_exec_fails_exactly_when_the_application_is_down_and_that_is_said()
    {
        await using var world = await SandboxWorld.StartAsync(new() { Faults = ["crash-loop"], Database = false, Cache = false }, CancellationToken.None);
        var era5 = Assert.Single(await TestAsync(world, names: "era5"));
        Assert.Equal((DependencyVerdict.Up, DependencyState.NotChecked), (era5.Verdict, era5.Pod.State));
        Assert.Contains("the application itself is down", era5.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_name_lists_those_there_are()
    {
        var failure = await Assert.ThrowsAsync<IncidentException>(() => TestAsync(World, names: "nothing"));
        Assert.Equal(FailureKind.ResourceNotFound, failure.Kind);
        Assert.Contains("database, cache, era5", failure.Message, StringComparison.Ordinal);
    }

    private static int Execs(SandboxWorld world) => world.Requests.Count(request => request.Path.EndsWith("/exec", StringComparison.Ordinal));

    private static ScopeResolver Scopes(string file)
    {
        string? Variable(string name) => name == EnvironmentFile.FileVariable ? file : null;
        return new ScopeResolver(new EnvironmentFile(Variable), new RecordingJournal(), new SecretReferences(Variable, []));
    }

    private static async Task<List<ServiceDependency>> TestAsync(
        SandboxWorld world, string? database = null, string? names = null, string? file = null, string? container = null, RecordingJournal? journal = null)
    {
        var scopes = Scopes(file ?? world.EnvironmentFile);
        using var connections = new ClusterConnections();
        var dependencies = new ServiceDependencies(
            scopes,
            journal ?? new RecordingJournal(),
            [
                new DatabaseDependency(new PostgresConnector(scopes, new SessionSecrets(), new Engine.Tests.Postgres.NoPods(), TimeProvider.System, _ => null)),
                new CacheDependency(scopes, _ => null, TimeProvider.System),
                new WebDependencies(scopes, new WebConversation(TimeProvider.System)),
            ],
            new PodProbes(new(() => connections)),
            TimeProvider.System);
        var found = new List<ServiceDependency>();
        var scope = new Scope { ConnectionString = database, Container = container, Timeout = TimeSpan.FromMinutes(1) };
        await foreach (var dependency in dependencies.TestAsync(scope, new() { Names = names is null ? [] : [names] }, CancellationToken.None))
        {
            found.Add(dependency);
        }

        return found;
    }

    private void NeedServers() => Skip.If(
        (World.Database is null || World.Cache is null) && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", "PostgreSQL or Redis is not found here.");
}
