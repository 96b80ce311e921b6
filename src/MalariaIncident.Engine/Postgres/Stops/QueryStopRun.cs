using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Activity;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>
/// Stops the backends of one plan: a cancel each, a grace period, a termination for those that are still at it, and a look at the server until
/// they are gone. Signals are never repeated; after a lost connection there is only looking.
/// </summary>
internal sealed class QueryStopRun(MitigationPlan plan, ResolvedScope scope, PostgresConnector connector, TimeProvider time) : IAsyncDisposable
{
    /// <summary>
    /// Signals on their way at the same time. The server takes a picture of all sessions once a transaction, which on a full server costs more than the
    /// signal itself; few enough that the picture is milliseconds old at the last one, and that a lost connection leaves few in doubt.
    /// </summary>
    private const int AtOnce = 10;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    private readonly StopInstructions _instructions = StopInstructions.Of(plan);
    private readonly Deadline _deadline = new(plan.Deadline, time);
    private readonly List<ActStep.Part> _known = [];
    private readonly Dictionary<QueryOutcome, int> _outcomes = [];
    private List<StopAttempt> _open = [];
    private PostgresSession? _session;
    private IncidentException? _lost;

    public async IAsyncEnumerable<ActStep> StepsAsync([EnumeratorCancellation] CancellationToken stop)
    {
        _session = await connector.OpenAsync(scope, SessionUse.Signal, RequestDeadline(), stop);
        await EnsureTheyAreThereAsync(_session, stop);
        _open = [.. _instructions.Targets.Select(target => new StopAttempt(target, time))];

        yield return new ActStep.Progress(MitigationPhase.Applying, $"signalling {Amount.Of(_open.Count, "backend")}", 0);
        foreach (var chunk in _open.GroupBy(attempt => attempt.Target.IsIdle ? StopSignal.Terminate : StopSignal.Cancel)
            .SelectMany(group => group.Chunk(AtOnce).Select(attempts => (Signal: group.Key, Attempts: attempts))).ToArray())
        {
            await SignalAsync(chunk.Attempts, chunk.Signal, stop);
            foreach (var step in Drain())
            {
                yield return step;
            }
        }

        await foreach (var step in WatchAsync(() => _open.Exists(attempt => attempt.Signal == StopSignal.Cancel), _instructions.GracePeriod, stop))
        {
            yield return step;
        }

        foreach (var attempts in _open.Where(attempt => !_instructions.CancelOnly && attempt.Signal == StopSignal.Cancel).Chunk(AtOnce).ToArray())
        {
            await SignalAsync(attempts, StopSignal.Terminate, stop);
        }

        var patience = _instructions.CancelOnly ? TimeSpan.Zero : _deadline.Remaining;
        await foreach (var step in WatchAsync(() => _open.Count > 0, patience, stop))
        {
            yield return step;
        }

        await GiveUpAsync(stop);
        foreach (var step in Drain())
        {
            yield return step;
        }

        yield return Summary();
    }

    public ValueTask DisposeAsync() => _session?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>To another server, and to a role that is shown nothing of others, work that goes on looks as if it had ended.</summary>
    private async Task EnsureTheyAreThereAsync(PostgresSession session, CancellationToken stop)
    {
        ActivityReader.EnsureOthersAreSeen(session);
        if (!await _instructions.AreForAsync(session, stop))
        {
            throw new IncidentException(
                FailureKind.ObjectChanged,
                $"This is another server than the one that was planned for: it was {_instructions.Server}, started at {_instructions.ServerStart:u}, and is {session.Server}, started at {session.Facts.StartedAt:u}. Nothing was sent.",
                plan.Target);
        }
    }

    private async Task SignalAsync(IReadOnlyList<StopAttempt> attempts, StopSignal signal, CancellationToken stop)
    {
        if (_lost is not null)
        {
            return;
        }

        var answers = new Dictionary<int, StopAnswer>();
        IncidentException? failure = null;
        try
        {
            foreach (var attempt in attempts)
            {
                attempt.Begin(signal);
            }

            await signal.SendAsync(_session!, [.. attempts.Select(attempt => attempt.Target)], answers, RequestDeadline(), stop);
        }
        catch (IncidentException caught)
        {
            failure = caught;
        }

        foreach (var (index, answer) in answers)
        {
            Take(attempts[index], answer);
        }

        if (failure?.Kind is FailureKind.DatabaseForbidden or FailureKind.DatabaseRefused)
        {
            await SignalAloneAsync([.. attempts.Where((_, index) => !answers.ContainsKey(index))], signal, failure, stop);
        }
        else if (failure is not null)
        {
            _lost = failure;
        }
    }

    /// <summary>The server refused one for a reason of its own, and did nothing for those after it: they are signalled one by one.</summary>
    private async Task SignalAloneAsync(IReadOnlyList<StopAttempt> attempts, StopSignal signal, IncidentException failure, CancellationToken stop)
    {
        if (attempts.Count == 1)
        {
            Settle(attempts[0], QueryOutcome.Refused, failure.Message);
            return;
        }

        foreach (var attempt in attempts)
        {
            await SignalAsync([attempt], signal, stop);
        }
    }

    private void Take(StopAttempt attempt, StopAnswer answer)
    {
        var isFirst = !attempt.WasReached;
        attempt.Answered(answer.IsSent);
        if (answer.Refusal is { } refusal)
        {
            Settle(attempt, QueryOutcome.Refused, refusal);
        }
        else if (!answer.IsSent && isFirst)
        {
            Settle(attempt, QueryOutcome.AlreadyGone, "it had ended by itself, or its process id belongs to other work now; no signal was sent");
        }
        else if (!answer.IsSent)
        {
            // It went between the last look and the second signal: the first one did it.
            Settle(attempt, QueryOutcome.Cancelled, null);
        }
    }

    /// <summary>Looks again and again until nothing is awaited any more, or the time is over.</summary>
    private async IAsyncEnumerable<ActStep> WatchAsync(Func<bool> isAwaited, TimeSpan patience, [EnumeratorCancellation] CancellationToken stop)
    {
        var watch = new Deadline(patience < _deadline.Remaining ? patience : _deadline.Remaining, time);
        var pause = FirstPause;
        while (_lost is null && isAwaited())
        {
            await LookAsync(stop);
            foreach (var step in Drain())
            {
                yield return step;
            }

            if (_lost is not null || !isAwaited() || watch.Remaining == TimeSpan.Zero)
            {
                break;
            }

            yield return new ActStep.Progress(MitigationPhase.Following, $"{_open.Count} of {_instructions.Targets.Count} still there", Percent());
            await Task.Delay(pause < watch.Remaining ? pause : watch.Remaining, time, stop);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    private async Task LookAsync(CancellationToken stop)
    {
        try
        {
            SettleThoseGone(await StatesAsync(stop), null);
        }
        catch (IncidentException lost)
        {
            // Whatever it is (the way through the cluster has failures of its own): signals were sent, and it must not be called a failure of them.
            _lost = lost;
        }
    }

    private void SettleThoseGone(IReadOnlyDictionary<int, BackendState> states, string? detail)
    {
        foreach (var attempt in _open.ToArray())
        {
            if (attempt.HasEnded(states.GetValueOrDefault(attempt.Target.ProcessId)) is { } outcome)
            {
                Settle(attempt, outcome, detail);
            }
        }
    }

    private async Task<IReadOnlyDictionary<int, BackendState>> StatesAsync(CancellationToken stop)
    {
        var pids = _open.Select(attempt => attempt.Target.ProcessId).ToArray();
        var states = await _session!.QueryAsync(
            BackendState.Query, parameters => parameters.AddWithValue(pids), BackendState.Read, RequestDeadline(), stop);
        return states.ToDictionary(state => state.ProcessId);
    }

    /// <summary>Says what is known of those that are left: still running, or nothing, where the server cannot be asked any more.</summary>
    private async Task GiveUpAsync(CancellationToken stop)
    {
        var isSeen = _lost is null || (_open.Count > 0 && await LookOnceMoreAsync(stop));
        foreach (var attempt in _open.ToArray())
        {
            if (isSeen && (_lost is null || attempt.Signal is null || attempt.IsAnswered))
            {
                Settle(attempt, QueryOutcome.StillRunning, attempt.WhyStillRunning(_instructions));
            }
            else
            {
                Settle(attempt, QueryOutcome.Unknown, $"{attempt.WhatWasSent()}; {_lost!.Message.TrimEnd('.')}");
            }
        }
    }

    /// <summary>
    /// On a new connection. A server that has restarted has ended every session, ours and theirs. False where the server cannot be asked, or another one answers in its place.
    /// </summary>
    private async Task<bool> LookOnceMoreAsync(CancellationToken stop)
    {
        var before = _session!.Facts;
        await _session.DisposeAsync();
        _session = null;
        try
        {
            _session = await connector.OpenAsync(scope, SessionUse.Signal, RequestDeadline(), stop);
            if (!await _instructions.AreForAsync(_session, stop))
            {
                return false;
            }

            var restarted = _session.Facts.StartedAt != before.StartedAt;
            SettleThoseGone(await StatesAsync(stop), restarted ? "the server restarted, which ended every session" : "the connection was lost after the signal; the server shows that it has ended");
            return true;
        }
        catch (IncidentException)
        {
            // What was lost stays unknown.
            return false;
        }
    }

    private void Settle(StopAttempt attempt, QueryOutcome outcome, string? detail)
    {
        _open.Remove(attempt);
        _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
        var target = attempt.Target;
        var result = new QueryStopResult
        {
            Incident = plan.Incident,
            Environment = plan.Environment,
            MitigationId = plan.Id,
            ProcessId = target.ProcessId,
            Database = target.Database,
            User = target.User,
            Application = target.Application,
            Query = target.Query,
            Outcome = outcome,
            Duration = attempt.Elapsed,
            Detail = detail,
        };
        var data = new JsonObject { ["pid"] = target.ProcessId, ["outcome"] = outcome.ToString(), ["milliseconds"] = (long)attempt.Elapsed.TotalMilliseconds };
        _known.Add(new(result, $"{target.Name}: {StopOutcomes.Say(outcome)}{(detail is null ? "" : $" ({detail})")}", data));
    }

    private IReadOnlyList<ActStep.Part> Drain()
    {
        ActStep.Part[] known = [.. _known];
        _known.Clear();
        return known;
    }

    private ActStep.Sent Summary() => new(
        StopOutcomes.Overall(_outcomes.Keys),
        $"{plan.Summary}: {string.Join(", ", _outcomes.OrderBy(entry => entry.Key).Select(entry => $"{entry.Value} {StopOutcomes.Say(entry.Key)}"))}",
        new JsonObject([.. _outcomes.Select(entry => KeyValuePair.Create(entry.Key.ToString(), (JsonNode?)JsonValue.Create(entry.Value)))]));

    private int Percent() => 100 * (_instructions.Targets.Count - _open.Count) / _instructions.Targets.Count;

    private Deadline RequestDeadline() => new(scope.Timeout < _deadline.Remaining ? scope.Timeout : _deadline.Remaining, time);
}
