using Engine.Tests.Http;
using Engine.Tests.Incidents;
using Engine.Tests.Prometheus;
using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.GitHub;
using MalariaIncident.Engine.Http;
using MalariaIncident.Engine.Prometheus;
using MalariaIncident.Engine.Readiness;
using MalariaIncident.Engine.Web;

namespace Engine.Tests.Readiness;

/// <summary>What the other adapters say in advance, and that nothing which fails or hangs hides the rest.</summary>
public sealed class AdapterReadinessTests
{
    [Fact]
    public async Task A_health_address_that_answers_unwell_is_a_warning_and_one_that_does_not_answer_is_not_ready()
    {
        await using var ill = await HealthServer.AnsweringAsync(503, "{}");
        var environment = new OperationsEnvironment { Name = "production", Liveness = ill.Uri.ToString(), Readiness = "http://127.0.0.1:1/" };
        var checks = await CheckAsync(new HealthReadiness(new Prober(new HealthProbe(TimeProvider.System), TimeProvider.System)), environment);
        Assert.Equal([ReadinessStatus.Warning, ReadinessStatus.NotReady], checks.Select(check => check.Status));
        Assert.All(await CheckAsync(new HealthReadiness(new Prober(new HealthProbe(TimeProvider.System), TimeProvider.System)), new OperationsEnvironment { Name = "bare" }),
            check => Assert.Equal(ReadinessStatus.NotChecked, check.Status));
    }

    [Fact]
    public async Task Each_named_metric_is_asked_for_itself()
    {
        await using var prometheus = await FakePrometheus.StartAsync(query => query switch
        {
            "vector(1)" or "good" => (200, FakePrometheus.Vector(("a", "0.5")), "application/json"),
            "gone" => (200, FakePrometheus.Vector(), "application/json"),
            _ => (400, """{"status":"error","errorType":"bad_data","error":"parse error at char 3"}""", "application/json"),
        });
        var environment = prometheus.Environment with
        {
            Metrics = new Dictionary<string, NamedMetric>(StringComparer.Ordinal) { ["one"] = new("good", "ratio"), ["two"] = new("gone", null), ["three"] = new("ba d", null) },
        };
        var checks = await CheckAsync(Metrics(environment), environment);
        Assert.Equal(
            [("Prometheus", ReadinessStatus.Ready), ("one", ReadinessStatus.Ready), ("two", ReadinessStatus.Warning), ("three", ReadinessStatus.NotReady)],
            checks.Select(check => (check.Check, check.Status)));
        Assert.Equal((FailureKind.QueryInvalid, "0.5 ratio."), (checks[3].Failure!.Value, checks[1].Detail));
    }

    [Fact]
    public async Task A_Prometheus_that_is_down_is_said_once()
    {
        var environment = new OperationsEnvironment { Name = "production", Prometheus = "http://127.0.0.1:1", Metrics = new Dictionary<string, NamedMetric>(StringComparer.Ordinal) { ["one"] = new("good", null) } };
        Assert.Equal(FailureKind.MetricsUnreachable, Assert.Single(await CheckAsync(Metrics(environment), environment)).Failure);
    }

    [Theory]
    [InlineData(401, "does not accept the token")]
    [InlineData(404, "set GITHUB_TOKEN")]
    public async Task A_repository_that_cannot_be_read_is_not_ready(int status, string said)
    {
        await using var gitHub = await HealthServer.AnsweringAsync(status, "{}");
        var environment = new OperationsEnvironment { Name = "production", Repository = "example/backend", GitHubApi = gitHub.Uri.ToString() };
        var check = Assert.Single(await CheckAsync(new RepositoryReadiness(new GitHubRuns(new WebConversation(TimeProvider.System), TimeProvider.System), _ => null), environment));
        Assert.Equal(ReadinessStatus.NotReady, check.Status);
        Assert.Contains(said, check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_reference_is_followed_and_no_secret_is_shown()
    {
        using var place = new JournalPlace();
        place.Variables["DATABASE_URL"] = "postgres://u:s3cr3t@host/db";
        var environment = new OperationsEnvironment { Name = "production", Database = "env:DATABASE_URL", Cache = "env:NOT_SET", Prometheus = "https://prometheus.example.org" };
        var inquiry = Inquiry(environment) with { Scope = Resolve(environment) with { ConnectionReference = environment.Database } };
        var checks = await new SecretReadiness(place.Scopes).CheckAsync(inquiry, CancellationToken.None);
        Assert.Equal([("database", ReadinessStatus.Ready), ("cache", ReadinessStatus.NotReady)], checks.Select(check => (check.Check, check.Status)));
        Assert.Equal(FailureKind.SecretUnavailable, checks[1].Failure);
        Assert.DoesNotContain(checks, check => check.Detail.Contains("s3cr3t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_written_is_not_ready_and_the_runbook_is_read_all_the_same()
    {
        using var place = new JournalPlace();
        var record = new RecordReadiness(() => place.Journal, () => place.Runbooks);
        Assert.All(await CheckAsync(record, null), check => Assert.Equal(ReadinessStatus.Ready, check.Status));
        place.StorePath = "/proc/nowhere/journal.db";
        Assert.Equal([("Journal", ReadinessStatus.NotReady), ("Runbook", ReadinessStatus.Ready)], (await CheckAsync(record, null)).Select(check => (check.Check, check.Status)));
    }

    [Fact]
    public async Task What_never_answers_ends_with_its_deadline_whether_it_heeds_it_or_not()
    {
        var inquiry = Inquiry(null) with { Scope = Resolve(null) with { Timeout = TimeSpan.FromMilliseconds(200) } };
        var question = inquiry.Ask(ReadinessArea.Dependencies, "deaf");
        var check = await question.AskAsync(_ => new TaskCompletionSource<ReadinessCheck>().Task, CancellationToken.None);
        Assert.Equal(ReadinessStatus.NotChecked, check.Status);
        Assert.Contains("0.2 s", check.Detail, StringComparison.Ordinal);
    }

    private static MetricReadiness Metrics(OperationsEnvironment environment) => new(new FixedScopes(environment), new WebConversation(TimeProvider.System), TimeProvider.System);

    private static Task<IReadOnlyList<ReadinessCheck>> CheckAsync(IReadinessContributor contributor, OperationsEnvironment? environment) =>
        contributor.CheckAsync(Inquiry(environment), CancellationToken.None);

    private static ReadinessInquiry Inquiry(OperationsEnvironment? environment) => new(Resolve(environment), new ReadinessOptions(), TimeProvider.System);

    private static ResolvedScope Resolve(OperationsEnvironment? environment) => new FixedScopes(environment).Resolve(new Scope { Timeout = TimeSpan.FromMinutes(1) });
}
