using Engine.Tests.Http;
using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Postgres.Stops;

namespace Engine.Tests.Postgres;

/// <summary>The room for PostgreSQL with nothing around it.</summary>
internal sealed class Room
{
    private readonly FixedScopes _scopes;

    public Room(string connectionString, OperationsEnvironment? environment = null, TimeSpan? timeout = null, Func<string, string?>? variable = null, IPodPorts? pods = null)
    {
        Scope = new() { ConnectionString = connectionString, Timeout = timeout, Incident = "INC-2026-0001" };
        _scopes = new(environment);
        Connector = new(_scopes, new(), pods ?? new NoPods(), TimeProvider.System, variable ?? (_ => null));
        Databases = new(Connector, _scopes, Journal);
        Act = new(Connector, TimeProvider.System);
    }

    public Scope Scope { get; init; }
    public RecordingJournal Journal { get; } = new();
    public PostgresConnector Connector { get; }
    public Databases Databases { get; }
    public IScopeResolver Scopes => _scopes;
    public QueryStopAct Act { get; }
    public ResolvedScope Resolved => _scopes.Resolve(Scope);

    public async Task<IReadOnlyList<LongQuery>> FindAsync(LongQueryFilter filter) =>
        await Databases.GetLongQueriesAsync(Scope, filter, CancellationToken.None).ToListAsync();

    /// <summary>Everything that runs now, whatever its age.</summary>
    public Task<IReadOnlyList<LongQuery>> FindAllAsync() => FindAsync(new() { MinimumDuration = TimeSpan.Zero, IncludeIdleInTransaction = true });

    public Task<MitigationPlan> PlanAsync(QueryStopRequest request) => Act.PlanAsync(request, Resolved, "MIT-TEST0001", CancellationToken.None);

    /// <summary>With a grace period that a query ends in however busy the machine is; what does not end says a shorter one.</summary>
    public QueryStopRequest Request(params IReadOnlyList<LongQuery> queries) => new() { Scope = Scope, Queries = queries, GracePeriod = TimeSpan.FromSeconds(30) };

    public async Task<Stopped> StopAsync(MitigationPlan plan)
    {
        var steps = await Act.SendAsync(plan, Resolved, CancellationToken.None).ToListAsync();
        return new(
            steps.OfType<ActStep.Part>().Select(part => (QueryStopResult)part.Result).ToDictionary(result => result.ProcessId),
            (ActStep.Sent)steps[^1]);
    }

    public async Task<Stopped> StopAsync(params IReadOnlyList<LongQuery> queries) => await StopAsync(await PlanAsync(Request(queries)));
}

internal sealed record Stopped(IReadOnlyDictionary<int, QueryStopResult> Results, ActStep.Sent Sent)
{
    public QueryOutcome this[int processId] => Results[processId].Outcome;
}
