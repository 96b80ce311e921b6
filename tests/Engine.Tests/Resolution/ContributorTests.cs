using Engine.Tests.Http;
using MalariaIncident;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Resolution;

namespace Engine.Tests.Resolution;

public sealed class ContributorTests
{
    private static readonly OperationsEnvironment Production = new()
    {
        Name = "production",
        Namespace = "malaria-prediction-production",
        Deployment = "malaria-predictor-api",
        Database = "env:DATABASE_URL",
    };

    [Theory]
    [InlineData(3, 3, 0, true)]
    [InlineData(3, 2, 0, false)]
    [InlineData(3, 3, 1, false)]
    [InlineData(0, 0, 0, false)]
    public async Task A_rollout_is_complete_when_every_pod_of_the_current_revision_and_no_other_is_there(int wanted, int ready, int former, bool expected)
    {
        var clusters = new ToldClusters { Revisions = [Revision(5, true, wanted, ready), Revision(4, false, former, former)] };
        var checks = await CheckAsync(new ClusterResolution(() => clusters), Production);
        Assert.Equal(expected, checks[0].Passed);
    }

    [Fact]
    public async Task A_critical_finding_counts_in_the_workloads_namespace_only()
    {
        var clusters = new ToldClusters { Revisions = [Revision(5, true, 3, 3)], Findings = [Finding("other"), Finding(Production.Namespace!)] };
        var checks = await CheckAsync(new ClusterResolution(() => clusters), Production);
        Assert.False(checks[1].Passed);
        clusters.Findings = [Finding("other")];
        Assert.True((await CheckAsync(new ClusterResolution(() => clusters), Production))[1].Passed);
    }

    [Fact]
    public async Task A_blocker_that_holds_others_up_fails_it()
    {
        var databases = new ToldDatabases();
        Assert.True((await CheckAsync(new DatabaseResolution(() => databases), Production))[0].Passed);
        databases.Queries = [Blocker];
        var check = (await CheckAsync(new DatabaseResolution(() => databases), Production))[0];
        Assert.False(check.Passed);
        Assert.Contains("4711", check.Detail, StringComparison.Ordinal);
        Assert.True(databases.Filter!.RootBlockersOnly);
    }

    [Theory]
    [InlineData(MitigationState.Unknown, false)]
    [InlineData(MitigationState.Open, false)]
    [InlineData(MitigationState.InForce, true)]
    public async Task A_mitigation_with_an_unknown_outcome_fails_it(MitigationState state, bool expected)
    {
        var check = (await CheckAsync(new MitigationResolution(() => new ToldMitigations(state)), Production))[0];
        Assert.Equal(expected, check.Passed);
        Assert.True(check.RecordOnly);
    }

    [Theory]
    [InlineData(540, 0, "left behind", false)]
    [InlineData(540, 4712, null, false)]
    [InlineData(5, 0, "in good time", true)]
    public async Task What_blocks_without_being_a_session_fails_it_too(int seconds, int process, string? prepared, bool expected)
    {
        var databases = new ToldDatabases
        {
            Locks = [new() { Server = "db:5432", Database = "malaria_prediction", ProcessId = process, PreparedTransaction = prepared, Depth = 0, Root = process, RootBlocker = true, Blocks = 3, State = "autovacuum worker", TransactionAge = TimeSpan.FromSeconds(seconds) }],
        };

        var check = (await CheckAsync(new DatabaseResolution(() => databases), Production))[0];

        Assert.Equal(expected, check.Passed);
        Assert.Equal(!expected, check.Detail.Contains(prepared ?? "autovacuum worker", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, 5, true)]
    [InlineData(false, 5, false)]
    [InlineData(null, 0, true)]
    [InlineData(null, 5, null)]
    public async Task The_error_rate_is_judged_by_its_baseline_and_silence_needs_none(bool? atBaseline, long errors, bool? expected)
    {
        var logs = new ToldLogs(new ErrorRate
        {
            Namespace = Production.Namespace!,
            Deployment = Production.Deployment!,
            Time = DateTimeOffset.UnixEpoch,
            Window = TimeSpan.FromMinutes(2),
            Lines = 100,
            Errors = errors,
            PerMinute = errors / 2.0,
            BaselinePerMinute = atBaseline is null ? null : 1,
            AtBaseline = atBaseline,
        });
        Assert.Equal(expected, (await CheckAsync(new LogResolution(() => logs), Production))[0].Passed);
    }

    [Fact]
    public async Task What_cannot_be_checked_is_null_with_the_reason()
    {
        IReadOnlyList<IResolutionContributor> broken =
        [
            new ClusterResolution(() => throw new IncidentException(FailureKind.KubeConfigMissing, "There is no kubeconfig.")),
            new DatabaseResolution(() => throw new IncidentException(FailureKind.DatabaseUnreachable, "Nothing listens.")),
            new LogResolution(() => throw new IncidentException(FailureKind.ClusterForbidden, "May not read logs.")),
            new PeopleResolution(),
        ];
        foreach (var contributor in broken)
        {
            Assert.All(await CheckAsync(contributor, Production), check =>
            {
                Assert.Null(check.Passed);
                Assert.StartsWith("Not checked", check.Detail, StringComparison.Ordinal);
            });
            Assert.All(await CheckAsync(contributor, null), check => Assert.Null(check.Passed));
        }
    }

    private static Task<IReadOnlyList<ResolutionCheck>> CheckAsync(IResolutionContributor contributor, OperationsEnvironment? environment) =>
        contributor.CheckAsync(new FixedScopes(environment).Resolve(new Scope { Incident = "INC-2026-0001" }), CancellationToken.None);

    private static RolloutRevision Revision(long number, bool current, int wanted, int ready) => new()
    {
        Namespace = Production.Namespace!,
        Deployment = Production.Deployment!,
        Revision = number,
        ReplicaSet = $"rs-{number}",
        TemplateHash = $"{number}",
        Current = current,
        Images = ["api=registry/api:1"],
        CreatedAt = DateTimeOffset.UnixEpoch,
        Replicas = wanted,
        ReadyReplicas = ready,
    };

    private static HealthFinding Finding(string place) => new()
    {
        Severity = FindingSeverity.Critical,
        ObjectKind = "Pod",
        Namespace = place,
        Name = "api-1",
        Reason = "CrashLoopBackOff",
        Message = "It restarts.",
    };

    private static LongQuery Blocker => new()
    {
        Server = "db:5432",
        Database = "malaria_prediction",
        ProcessId = 4711,
        BackendStart = DateTimeOffset.UnixEpoch,
        Duration = TimeSpan.FromMinutes(9),
        State = "idle in transaction",
        Blocks = 4,
        Query = "update predictions",
    };

    private sealed class ToldClusters : IClusters
    {
        public IReadOnlyList<RolloutRevision> Revisions { get; init; } = [];
        public IReadOnlyList<HealthFinding> Findings { get; set; } = [];

        public Task<ClusterHealth> GetHealthAsync(Scope scope, HealthOptions options, CancellationToken cancellationToken) => Task.FromResult(new ClusterHealth
        {
            Context = "test",
            Time = DateTimeOffset.UnixEpoch,
            Nodes = 1,
            ReadyNodes = 1,
            Pods = 3,
            ReadyPods = 3,
            Findings = Findings,
        });

        public IAsyncEnumerable<RolloutRevision> GetRolloutHistoryAsync(Scope scope, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<RolloutRevision> PeekRolloutHistoryAsync(Scope scope, CancellationToken cancellationToken) => Revisions.ToAsyncEnumerable();

        public IAsyncEnumerable<ClusterHealth> WatchHealthAsync(Scope scope, HealthOptions options, TimeSpan interval, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IReadOnlyList<string> GetContextNames(string? kubeConfig) => [];

        public Task<IReadOnlyList<string>> GetNamesAsync(Scope scope, NameKind kind, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class ToldLogs(ErrorRate rate) : ILogs
    {
        public Task<ErrorRate> MeasureErrorsAsync(Scope scope, ErrorRateOptions options, CancellationToken cancellationToken) => Task.FromResult(rate);

        public IAsyncEnumerable<LogItem> ReadAsync(Scope scope, LogOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class ToldDatabases : IDatabases
    {
        public IReadOnlyList<LongQuery> Queries { get; set; } = [];
        public IReadOnlyList<DatabaseLock> Locks { get; init; } = [];
        public LongQueryFilter? Filter { get; private set; }

        public IAsyncEnumerable<LongQuery> GetLongQueriesAsync(Scope scope, LongQueryFilter filter, CancellationToken cancellationToken)
        {
            Filter = filter;
            return Queries.ToAsyncEnumerable();
        }

        public IAsyncEnumerable<DatabaseLock> GetLocksAsync(Scope scope, CancellationToken cancellationToken) => Locks.ToAsyncEnumerable();

        public IAsyncEnumerable<DatabaseConnection> GetConnectionsAsync(Scope scope, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<SlowQuery> GetSlowQueriesAsync(Scope scope, SlowQueryOptions options, CancellationToken cancellationToken)
            => throw new NotSupportedException();
    }

    private sealed class ToldMitigations(MitigationState state) : IMitigations
    {
        public IAsyncEnumerable<Mitigation> ListAsync(MitigationFilter filter, CancellationToken cancellationToken)
        {
            var mitigation = new Mitigation
            {
                Id = "MIT-1",
                Kind = MitigationKind.Rollback,
                State = state,
                Target = "deployment/api",
                Summary = "Roll back",
                Actor = "tester",
                IntendedAt = DateTimeOffset.UnixEpoch,
                Reversible = true,
            };
            return new[] { mitigation }.Where(one => filter.States.Contains(one.State)).ToAsyncEnumerable();
        }

        public Task<MitigationPlan> PlanAsync(MitigationRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<MitigationPlan>> PlanAllAsync(IReadOnlyList<MitigationRequest> requests, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<MitigationStep> ApplyAllAsync(IReadOnlyList<MitigationPlan> plans, ApplyOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<MitigationPlan> PlanUndoAsync(string mitigationId, Scope scope, bool force, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<Mitigation> SettleAsync(MitigationFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<string> SavePlanAsync(MitigationPlan plan, string path, bool overwrite, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<MitigationPlan> LoadPlanAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<MitigationApproval> ApproveAsync(MitigationPlan plan, string? comment, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<MitigationProgress> ApplyAsync(MitigationPlan plan, ApplyOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
