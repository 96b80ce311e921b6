using Engine.Tests.Http;
using Engine.Tests.Redis;
using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.GitHub;
using MalariaIncident.Engine.Prometheus;
using MalariaIncident.Engine.Web;
using MalariaIncident.Sandbox;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Sandbox;

/// <summary>The sandbox's Prometheus and GitHub, asked as the commands ask.</summary>
public sealed class ObservedTests
{
    [Fact]
    public async Task Errors_rise_with_the_bad_release_and_every_named_metric_has_an_answer()
    {
        await using var world = await StartAsync("bad-release");
        var hour = await AskAsync(world, new() { Names = ["error-rate"], Since = TimeSpan.FromHours(1) });
        var errors = Assert.Single(hour);
        Assert.InRange(errors.Points[0].Value, 0, 0.01);
        Assert.InRange(errors.Maximum!.Value, 0.3, 1);
        Assert.All(await AskAsync(world, new()), metric => Assert.NotNull(metric.Value));

        var unknown = await Assert.ThrowsAsync<IncidentException>(() => AskAsync(world, new() { Query = "up" }));
        Assert.Equal(FailureKind.QueryInvalid, unknown.Kind);
        Assert.Contains("answers these queries only", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_calm_world_has_calm_metrics_and_a_run_of_its_release()
    {
        await using var world = await StartAsync();
        Assert.InRange(Assert.Single(await AskAsync(world, new() { Names = ["error-rate"] })).Value!.Value, 0, 0.01);
        var place = GitHubPlace.Of(new(), Resolved(await EnvironmentAsync(world)), _ => null)!;
        var (runs, note) = await new GitHubRuns(new WebConversation(TimeProvider.System), TimeProvider.System).ReadAsync(place, TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.Null(note);
        Assert.Equal("v1.4.2", Assert.Single(runs).Branch);
    }

    [SkippableFact]
    public async Task A_full_cache_is_found_with_what_fills_it()
    {
        Skip.If(!ThrowAwayRedis.IsInstalled && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", "No redis-server is installed here.");
        await using var world = await SandboxWorld.StartAsync(new() { Database = false, Faults = ["full-cache"] }, CancellationToken.None);
        var health = await new CacheDesk().AskAsync(world.Cache!.ConnectionString, new() { Sample = TimeSpan.Zero, BigKeys = true });
        Assert.False(health.Healthy);
        Assert.Contains(health.Findings, finding => finding.Reason == "OutOfMemory");
        Assert.Equal("predictions:heatmap:all-regions", health.BigKeys[0].Key);
        await world.ClearAsync("full-cache", CancellationToken.None);
        var freed = await new CacheDesk().AskAsync(world.Cache.ConnectionString);
        Assert.True(freed.Healthy, freed.Detail);
    }

    private static Task<SandboxWorld> StartAsync(params string[] faults) =>
        SandboxWorld.StartAsync(new() { Database = false, Cache = false, Faults = faults }, CancellationToken.None);

    private static async Task<OperationsEnvironment> EnvironmentAsync(SandboxWorld world) =>
        Assert.Single(EnvironmentDocument.Parse(await File.ReadAllTextAsync(world.EnvironmentFile), world.EnvironmentFile).Environments);

    private static ResolvedScope Resolved(OperationsEnvironment environment) => new FixedScopes(environment).Resolve(new Scope());

    private static async Task<List<ServiceMetric>> AskAsync(SandboxWorld world, MetricQuestion question)
    {
        var metrics = new PrometheusMetrics(
            new FixedScopes(await EnvironmentAsync(world)), new RecordingJournal(), new WebConversation(TimeProvider.System), TimeProvider.System);
        var found = new List<ServiceMetric>();
        await foreach (var metric in metrics.QueryAsync(new Scope(), question, CancellationToken.None))
        {
            found.Add(metric);
        }

        return found;
    }
}
