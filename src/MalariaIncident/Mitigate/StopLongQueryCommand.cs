using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Mitigate;

/// <summary>Cancels queries, and ends the sessions that do not react.</summary>
[Cmdlet(VerbsLifecycle.Stop, "LongQuery", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(QueryStopResult), typeof(MitigationPlan))]
public sealed class StopLongQueryCommand : LongQueryCmdlet, IPlanningCommand
{
    private readonly List<(LongQuery Query, Scope Scope)> _given = [];
    private readonly List<QueryStopResult> _left = [];
    private int _results;

    /// <summary>The very sessions, as Get-LongQuery or Get-DatabaseLock showed them.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Session")]
    public LongQuery[] InputObject { get; set; } = [];

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

    private bool HasInput => MyInvocation.ExpectingInput || MyInvocation.BoundParameters.ContainsKey(nameof(InputObject));

    /// <inheritdoc/>
    protected override void Process() => _given.AddRange((InputObject ?? []).Where(query => query is not null).Select(query => (query, ScopeOf(query))));

    /// <inheritdoc/>
    protected override void Finish()
    {
        var run = MitigationRun.Of(this, Stream);
        if (Plan is not null)
        {
            Carry(run, run.Choose(Engine.Mitigations, plan => plan.Kind == MitigationKind.QueryStop, Scope, () => throw new InvalidOperationException("A plan was given."), StopToken));
            RefuseToCallItDone();
            return;
        }

        var chosen = HasInput ? Chosen() : Found();
        if (chosen.Count == 0)
        {
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
            Carry(run, Await(Engine.Mitigations.PlanAsync(request, StopToken)));
        }

        RefuseToCallItDone();
    }

    private void Carry(MitigationRun run, MitigationPlan plan) => run.Carry(Engine.Mitigations, plan, new(), Report, StopToken);

    /// <summary>Where the query was seen, unless this command names another place.</summary>
    private Scope ScopeOf(LongQuery query) => ConnectionString is null && query.Scope is { } seen
        ? seen with { Incident = Scope.Incident ?? seen.Incident, Timeout = Scope.Timeout ?? seen.Timeout }
        : Scope;

    private List<(LongQuery Query, Scope Scope)> Found()
    {
        var found = new List<(LongQuery, Scope)>();
        Stream(Engine.Databases.GetLongQueriesAsync(Scope, Filter with { PreparesChange = true }, StopToken), query => found.Add((query, ScopeOf(query))));
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
                Stream(Engine.Databases.GetLongQueriesAsync(place.Key, filter, StopToken), query => fitting.Add((place.Key, query.ProcessId, query.BackendStart)));
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
            $"{_left.Count} of {_results} backends were not stopped: {string.Join(", ", _left.Take(10).Select(result => $"{result.ProcessId} {result.Outcome}"))}. {first.Detail}",
            _left.ToArray());
    }
}
