using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Mitigate;

/// <summary>Cancels queries, and ends the sessions that do not react.</summary>
[Cmdlet(VerbsLifecycle.Stop, "LongQuery", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(QueryStopResult), typeof(MitigationPlan))]
public sealed class StopLongQueryCommand : LongQueryCmdlet, IPlanningCommand
{
    private readonly List<(LongQuery Query, Scope Scope)> _given = [];
    private readonly Dictionary<Scope, LongQueryFilter> _places = [];
    private readonly List<QueryStopResult> _left = [];
    private int _results;

    /// <summary>The very sessions, as Get-LongQuery or Get-DatabaseLock showed them.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Session")]
    public LongQuery[] InputObject { get; set; } = [];

    /// <summary>What the sessions of these groups do, as Get-DatabaseConnection counted them.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public DatabaseConnection[] Connection { get; set; } = [];

    /// <summary>The sessions that run these statements now, as Get-SlowQuery showed them.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public SlowQuery[] Statement { get; set; } = [];

    /// <summary>Time between cancel and termination; 5 seconds when left away.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? GracePeriod { get; set; }

    /// <summary>Cancel only; never end a session.</summary>
    [Parameter]
    public SwitchParameter CancelOnly { get; set; }

    /// <summary>Refuse when there are more; 20 when left away.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int? MaximumCount { get; set; }

    /// <summary>Write the plan as an object, and do nothing.</summary>
    [Parameter]
    public SwitchParameter PlanOnly { get; set; }

    /// <summary>Write the plan into this file, and do nothing.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PlanPath { get; set; }

    /// <summary>Carry out exactly this plan.</summary>
    [Parameter]
    public PlanSource? Plan { get; set; }

    /// <summary>Why this cannot wait for the second person that the runbook asks for.</summary>
    [Parameter]
    public string? BreakGlass { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        // PowerShell makes all of these of any object whose properties fit, of a line of a CSV file for one; without what counts it is none of them.
        var sessions = (InputObject ?? []).Where(query => query is { ProcessId: > 0 }).ToList();
        var groups = Connection.Where(group => group.Count > 0).ToList();
        var statements = Statement.Where(statement => statement.Calls > 0).ToList();
        _given.AddRange(sessions.Select(query => (query, ScopeOf(query.Scope))));
        foreach (var group in groups)
        {
            Search(ScopeOf(group.Scope), filter => filter with { Groups = [.. filter.Groups, group] });
        }

        foreach (var statement in statements)
        {
            Search(ScopeOf(statement.Scope), filter => filter with { Statements = [.. filter.Statements, statement] });
        }

        // An incident, or what was seen in a cluster, says where to look and not whom to stop. An empty list, and the session that a prepared transaction does not have, say: nobody.
        var isNobody = MyInvocation.BoundParameters.ContainsKey(nameof(InputObject)) && (InputObject ?? []).All(query => query is null);
        if (sessions.Count + groups.Count + statements.Count == 0 && !isNobody)
        {
            Search(Scope, filter => filter);
        }
    }

    private void Search(Scope place, Func<LongQueryFilter, LongQueryFilter> narrow) =>
        _places[place] = narrow(_places.GetValueOrDefault(place, Filter with { PreparesChange = true }));

    /// <inheritdoc/>
    protected override void Finish()
    {
        var run = MitigationRun.Of(this, Stream);
        if (Plan is not null)
        {
            Carry(run, run.Given(plan => plan.Kind == MitigationKind.QueryStop, Scope, StopToken));
            RefuseToCallItDone();
            return;
        }

        List<(LongQuery Query, Scope Scope)> chosen = [.. Chosen(), .. Found()];
        if (chosen.Count == 0)
        {
            run.Settle(StopToken);
            WriteWarning("No query matches; nothing was stopped.");
            return;
        }

        foreach (var server in chosen.GroupBy(entry => (entry.Query.Server, entry.Scope)))
        {
            var request = new QueryStopRequest
            {
                Scope = server.Key.Scope,
                Queries = [.. server.Select(entry => entry.Query)],
                GracePeriod = GracePeriod,
                CancelOnly = CancelOnly,
                MaximumCount = MaximumCount,
            };
            Carry(run, run.Make(() => Await(engine => engine.Mitigations.PlanAsync(request, StopToken)), StopToken));
        }

        RefuseToCallItDone();
    }

    private void Carry(MitigationRun run, MitigationPlan plan) => run.Carry(plan, new(), Report, StopToken);

    /// <summary>Where it was seen, unless this command names another place.</summary>
    private Scope ScopeOf(Scope? seen) => ConnectionString is null && seen is not null
        ? seen with { Incident = Scope.Incident ?? seen.Incident, Timeout = Scope.Timeout ?? seen.Timeout }
        : Scope;

    private List<(LongQuery Query, Scope Scope)> Found()
    {
        var found = new List<(LongQuery, Scope)>();
        foreach (var (place, filter) in _places)
        {
            Stream(engine => engine.Databases.GetLongQueriesAsync(place, filter, StopToken), query => found.Add((query, ScopeOf(query.Scope))));
        }

        return found;
    }

    /// <summary>Of the given ones those that the filter still finds; what is stopped stays the work that was seen.</summary>
    private List<(LongQuery Query, Scope Scope)> Chosen()
    {
        if (!IsFiltered)
        {
            return _given;
        }

        var fitting = new HashSet<(Scope, int, DateTimeOffset)>();
        foreach (var place in _given.GroupBy(entry => entry.Scope))
        {
            var pids = place.Select(entry => entry.Query.ProcessId).ToArray();
            var filter = Filter with
            {
                PreparesChange = true,
                MinimumDuration = MinimumDuration ?? TimeSpan.Zero,
                Databases = Database.Length == 0 ? ["*"] : Database,
                ProcessIds = ProcessId.Length == 0 ? pids : [.. pids.Intersect(ProcessId)],
            };
            if (filter.ProcessIds.Count > 0)
            {
                Stream(engine => engine.Databases.GetLongQueriesAsync(place.Key, filter, StopToken), query => fitting.Add((place.Key, query.ProcessId, query.BackendStart)));
            }
        }

        return [.. _given.Where(entry => fitting.Contains((entry.Scope, entry.Query.ProcessId, entry.Query.BackendStart)))];
    }

    private void Report(MitigationResult result)
    {
        _results++;
        if (result is QueryStopResult { Outcome: QueryOutcome.StillRunning or QueryOutcome.Refused or QueryOutcome.Unknown } left)
        {
            _left.Add(left);
        }

        WriteObject(result);
    }

    /// <summary>After the results: a script must not go on as if everything had been stopped.</summary>
    private void RefuseToCallItDone()
    {
        if (_left.Count == 0)
        {
            return;
        }

        var kind = _left.Exists(result => result.Outcome == QueryOutcome.Unknown) ? FailureKind.OutcomeUnknown : FailureKind.DatabaseRefused;
        var first = _left[0];
        throw new IncidentException(
            kind,
            $"{_left.Count} of {_results} {(_results == 1 ? "backend" : "backends")} {(_left.Count == 1 ? "was" : "were")} not stopped: {string.Join(", ", _left.Take(10).Select(result => $"{result.ProcessId} {result.Outcome}"))}. {first.Detail}",
            _left.ToArray());
    }
}
