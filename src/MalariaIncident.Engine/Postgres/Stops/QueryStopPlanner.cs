using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Activity;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>Turns the backends that an operator saw into a plan, after a second look at them.</summary>
internal sealed class QueryStopPlanner(PostgresSession session, QueryStopRequest request, ResolvedScope scope, Scope typed)
{
    private const int UsualMaximum = 20;
    private static readonly TimeSpan UsualGracePeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TimeToDie = TimeSpan.FromSeconds(30);

    private readonly TimeSpan _grace = request.GracePeriod ?? UsualGracePeriod;
    private readonly List<string> _warnings = [];
    private readonly List<string> _reasons = [];

    public async Task<MitigationPlan> PlanAsync(string mitigationId, CancellationToken stop)
    {
        session.RefusePooler();
        ActivityReader.EnsureOthersAreSeen(session);
        var queries = request.Queries.DistinctBy(query => (query.ProcessId, query.BackendStart)).ToArray();
        var now = await SecondLook.AsOfNowAsync(session, queries, stop);
        var targets = queries.Where(query => MayBeStopped(query, now)).Select(query => (Query: query, Target: StopTarget.Of(query))).ToArray();
        Refuse(queries, targets.Length);
        Warn(targets, now);

        return new()
        {
            Id = mitigationId,
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Kind = MitigationKind.QueryStop,
            Target = $"postgres {session.Server}",
            Summary = $"Stop {Amount.Of(targets.Length, "query", "queries")} on {session.Server}",
            Changes = [.. targets.Select(pair => Change(pair.Query, pair.Target))],
            Reasons = _reasons,
            Preconditions = ["each backend is still at the same work: process id, backend start and query or transaction start are checked in the statement that signals it"],
            Warnings = _warnings,
            BlastRadius = $"{Amount.Of(targets.Length, "client session")}; what {Amount.Word(targets.Length, "it did in its open transaction", "they did in their open transactions")} is rolled back",
            Deadline = request.Deadline ?? _grace + TimeToDie,
            Instructions = new StopInstructions([.. targets.Select(pair => pair.Target)], _grace, request.CancelOnly, session.Server, session.Facts.StartedAt, await ServerIdentity.OfAsync(session, stop)).ToJson(),
            Scope = typed,
        };
    }

    private bool MayBeStopped(LongQuery query, SecondLook now)
    {
        var name = $"backend {query.ProcessId}";
        if (scope.Environment?.ProtectedDatabaseUsers.FirstOrDefault(user => Wildcard.Matches(user, query.User ?? "")) is not null)
        {
            _warnings.Add($"{name} is left out: its user '{query.User}' is protected by the environment '{scope.EnvironmentName}'");
            return false;
        }

        if (string.Equals(query.Application, PostgresConnector.ApplicationName, StringComparison.Ordinal))
        {
            _warnings.Add($"{name} is left out: it is a session of this module");
            return false;
        }

        if (now.Find(query) is { IsClient: false } other)
        {
            _warnings.Add($"{name} is left out: it is not a client's session but a {other.BackendType}");
            return false;
        }

        if (request.CancelOnly && StopTarget.Of(query).IsIdle)
        {
            _warnings.Add($"{name} is left out: it is {query.State}, where a cancel has no effect; only without -CancelOnly is it ended");
            return false;
        }

        return true;
    }

    private void Refuse(LongQuery[] queries, int count)
    {
        if (_grace < TimeSpan.Zero)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"The grace period {_grace} is negative.", _grace);
        }

        if (count == 0)
        {
            throw new IncidentException(
                FailureKind.NothingToDo,
                queries.Length == 0 ? "No query was given to stop." : $"{(queries.Length == 1 ? "The backend cannot" : $"None of the {queries.Length} backends can")} be stopped: {string.Join("; ", _warnings)}.",
                session.Server);
        }

        var maximum = request.MaximumCount ?? UsualMaximum;
        if (count > maximum)
        {
            throw new IncidentException(
                FailureKind.TooManyTargets,
                $"{Amount.Of(count, "backend")} would be stopped, and at most {maximum} are allowed at once. Nothing was sent.",
                count);
        }
    }

    private void Warn((LongQuery Query, StopTarget Target)[] targets, SecondLook now)
    {
        var alive = targets.Where(pair => now.IsStill(pair.Target)).ToArray();
        if (alive.Length == 0)
        {
            throw new IncidentException(
                FailureKind.NothingToDo, $"The work has ended since it was listed ({Amount.Of(targets.Length, "backend")}); nothing is left to stop.", session.Server);
        }

        if (!session.Facts.MaySignal && alive.All(pair => now.Find(pair.Query) is { IsOurRole: false }))
        {
            throw new IncidentException(
                FailureKind.DatabaseForbidden,
                $"The role '{session.Facts.Role}' may not signal sessions of other roles on {session.Server}. Nothing was sent.",
                session.Facts.Role,
                advice: $"Have an administrator run: GRANT pg_signal_backend TO {SqlName.Quote(session.Facts.Role)};");
        }

        foreach (var (query, target) in targets)
        {
            if (now.Find(query) is not { } state || !now.IsStill(target))
            {
                _reasons.Add($"{target.Name} has ended by itself since it was listed, and gets no signal");
                continue;
            }

            if (state.IsSuperuser && !session.Facts.IsSuperuser)
            {
                _warnings.Add($"{target.Name} belongs to the superuser '{query.User}': the server will refuse");
            }
            else if (!session.Facts.MaySignal && !state.IsOurRole)
            {
                _warnings.Add($"{target.Name} belongs to '{query.User}': without pg_signal_backend the server will refuse");
            }

            if (now.Graph.AllWaitersOf(query.ProcessId).Count is var waiters and > 0)
            {
                _reasons.Add($"{target.Name} blocks {Amount.Of(waiters, "other")}");
            }

            var blockers = now.Graph.BlockersOf(query.ProcessId).Where(blocker => targets.All(other => other.Query.ProcessId != blocker)).ToArray();
            if (blockers.Length > 0)
            {
                _warnings.Add($"{target.Name} is itself blocked by {string.Join(", ", blockers)}: stopping it frees nothing, and the next one will wait in its place");
            }
        }

        if (session.Facts.IsStandby)
        {
            _warnings.Add($"{session.Server} is a standby: what runs on the primary is not touched");
        }
    }

    private PlannedChange Change(LongQuery query, StopTarget target)
    {
        var who = string.Join(", ", new[] { query.User, query.Application, query.Database }.Where(text => !string.IsNullOrEmpty(text)));
        var after = target.IsIdle ? $"session terminated at once ({query.State}: a cancel has no effect)"
            : request.CancelOnly ? "query cancelled"
            : $"query cancelled; session terminated if it still runs after {_grace.TotalSeconds:0.#} s";
        return new($"{target.Name} ({who})", "work", $"{query.State} for {Age.Say(query.Duration)}: {target.Query}", after);
    }
}
