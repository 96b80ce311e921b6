using System.Text.Json.Nodes;
using MalariaIncident;
using Engine.Tests.Http;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Mitigations;

namespace Engine.Tests.Mitigations;

/// <summary>Intent before, outcome after, whatever happens in between.</summary>
public sealed class MitigatorTests
{
    private readonly FakeJournal _journal = new();
    private readonly FakeAct _act = new();
    private readonly FakeVerification _verification = new();
    private IScopeResolver _scopes = new FakeScopes();
    private readonly FakeRunbooks _runbooks = new();
    private readonly Operator _person = new("tester", "here");

    private Mitigator Mitigator => new(
        _journal,
        _scopes,
        new Dictionary<MitigationKind, Lazy<IMitigationAct>> { [MitigationKind.Rollback] = new(_act) },
        new Lazy<IServiceVerification>(_verification),
        new Approvals(_journal, _runbooks, () => _person, TimeProvider.System),
        () => _person,
        TimeProvider.System);

    [Fact]
    public async Task A_plan_writes_nothing()
    {
        await PlanAsync();
        Assert.Empty(_journal.Events);
        Assert.Equal(0, _act.Sends);
    }

    [Fact]
    public async Task Intent_outcome_and_verification_stand_in_this_order()
    {
        var result = await ApplyAsync(await PlanAsync());
        Assert.Equal([EventKind.ActionIntended, EventKind.ActionSucceeded, EventKind.Verified], _journal.Kinds);
        Assert.True(Assert.IsType<DeploymentChangeResult>(result).Verified);
        Assert.Equal(MitigationState.InForce, (await LedgerAsync()).Single().State);
    }

    [Theory]
    [InlineData("api", true)]
    [InlineData("api-green", null)]
    [InlineData("pgbouncer", true)]
    public async Task An_idle_slot_is_not_verified_by_what_the_live_one_answers(string deployment, bool? verified)
    {
        _scopes = new FixedScopes(new OperationsEnvironment { Name = "production", Deployment = "api", Pooler = "pgbouncer" });
        var plan = await Mitigator.PlanAsync(new RollbackRequest { Scope = new Scope { Deployment = deployment } }, CancellationToken.None);
        var result = Assert.IsType<DeploymentChangeResult>(await ApplyAsync(plan));
        Assert.Equal(verified, result.Verified);
        Assert.Equal(verified is null, result.Detail.Contains("whether they lead to api-green is not known", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_intent_is_written_before_anything_is_sent()
    {
        _act.Send = _ =>
        {
            Assert.Equal([EventKind.ActionIntended], _journal.Kinds);
            return Task.FromResult(new ActStep.Sent(EventKind.ActionSucceeded, "made"));
        };
        await ApplyAsync(await PlanAsync());
        Assert.Equal(1, _act.Sends);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_stops_the_change_before_it_is_sent()
    {
        _journal.Unwritable = new(FailureKind.StoreFull, "The disk is full.");
        var failure = await Assert.ThrowsAsync<IncidentException>(async () => await ApplyAsync(await PlanAsync()));
        Assert.Equal(FailureKind.StoreFull, failure.Kind);
        Assert.Equal(0, _act.Sends);
    }

    [Fact]
    public async Task With_force_a_full_store_does_not_stop_an_operator_and_nothing_is_lost()
    {
        _journal.Unwritable = new(FailureKind.StoreFull, "The disk is full.");
        var plan = await PlanAsync();
        await ApplyAsync(plan, new() { WithoutJournal = true });
        Assert.Equal(1, _act.Sends);
        Assert.Equal([nameof(EventKind.ActionIntended), nameof(EventKind.ActionSucceeded), nameof(EventKind.Verified)], KindsBeside(plan));
    }

    [Fact]
    public async Task Fault_a_store_that_fills_up_after_the_intent_does_not_leave_the_change_half_done_and_its_outcome_stands_beside()
    {
        _act.Send = _ =>
        {
            _journal.Unwritable = new(FailureKind.StoreFull, "The disk is full.");
            return Task.FromResult(new ActStep.Sent(EventKind.ActionSucceeded, "made"));
        };
        var plan = await PlanAsync();
        Assert.True(Assert.IsType<DeploymentChangeResult>(await ApplyAsync(plan)).Verified);
        Assert.Equal([nameof(EventKind.ActionSucceeded), nameof(EventKind.Verified)], KindsBeside(plan));

        // For the journal it is open; when it cannot be running any more, the world is asked.
        _journal.Unwritable = null;
        Assert.Equal([EventKind.ActionIntended], _journal.Kinds);
        Assert.Equal(MitigationState.Open, (await LedgerAsync()).Single().State);
    }

    /// <summary>What was written beside the journal about one plan.</summary>
    private static List<string> KindsBeside(MitigationPlan plan)
    {
        var file = Assert.Single(Directory.GetFiles(Path.GetTempPath(), $"malaria-incident-*-{Environment.ProcessId}.jsonl"), path => File.ReadAllText(path).Contains(plan.Id, StringComparison.Ordinal));
        var kinds = File.ReadAllLines(file).Select(line => (string)JsonNode.Parse(line)!["kind"]!).ToList();
        File.Delete(file);
        return kinds;
    }

    [Fact]
    public async Task A_refusal_is_written_down_as_failed()
    {
        _act.Send = _ => throw new IncidentException(FailureKind.ObjectChanged, "Somebody was faster.");
        var failure = await Assert.ThrowsAsync<IncidentException>(async () => await ApplyAsync(await PlanAsync()));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        Assert.Equal([EventKind.ActionIntended, EventKind.ActionFailed], _journal.Kinds);
    }

    [Fact]
    public async Task A_lost_answer_is_resolved_by_reading_the_object_made()
    {
        (_act.Send, _act.World) = (LoseAnswer, ReadBack.Applied);
        Assert.IsType<DeploymentChangeResult>(await ApplyAsync(await PlanAsync()));
        Assert.Equal([EventKind.ActionIntended, EventKind.ActionSucceeded, EventKind.Verified], _journal.Kinds);
    }

    [Fact]
    public async Task A_lost_answer_whose_object_cannot_be_read_for_a_defect_of_ours_is_unknown_too()
    {
        (_act.Send, _act.Unreadable) = (LoseAnswer, new InvalidOperationException("a defect"));
        Assert.Equal(FailureKind.OutcomeUnknown, (await Assert.ThrowsAsync<IncidentException>(async () => await ApplyAsync(await PlanAsync()))).Kind);
        Assert.Equal([EventKind.ActionIntended, EventKind.ActionUnknown], _journal.Kinds);
    }

    [Fact]
    public async Task A_lost_answer_is_resolved_by_reading_the_object_not_made()
    {
        (_act.Send, _act.World) = (LoseAnswer, ReadBack.NotApplied);
        var failure = await Assert.ThrowsAsync<IncidentException>(async () => await ApplyAsync(await PlanAsync()));
        Assert.Equal(FailureKind.ChangeNotMade, failure.Kind);
        Assert.Equal([EventKind.ActionIntended, EventKind.ActionFailed], _journal.Kinds);
    }

    [Fact]
    public async Task An_unknown_outcome_is_called_unknown_and_blocks_a_retry_until_the_state_was_read()
    {
        (_act.Send, _act.World) = (LoseAnswer, ReadBack.Unknown);
        var plan = await PlanAsync();
        Assert.Equal(FailureKind.OutcomeUnknown, (await Assert.ThrowsAsync<IncidentException>(async () => await ApplyAsync(plan))).Kind);
        Assert.Equal(MitigationState.Unknown, (await LedgerAsync()).Single().State);

        _act.Send = _ => Task.FromResult(new ActStep.Sent(EventKind.ActionSucceeded, "made"));
        Assert.Equal(FailureKind.OutcomeUnknown, (await Assert.ThrowsAsync<IncidentException>(async () => await ApplyAsync(await PlanAsync()))).Kind);
        Assert.Equal(1, _act.Sends);

        // What cannot be read is as unknown, and the operator hears why.
        _act.Unreadable = new IncidentException(FailureKind.DatabaseUnreachable, "Nothing listens there.");
        var blocked = await Assert.ThrowsAsync<IncidentException>(async () => await ApplyAsync(await PlanAsync()));
        Assert.Equal((FailureKind.OutcomeUnknown, plan.Id), (blocked.Kind, blocked.Subject));
        Assert.EndsWith("Nothing listens there.", blocked.Message, StringComparison.Ordinal);
        Assert.Equal(1, _act.Sends);

        (_act.Unreadable, _act.World) = (null, ReadBack.NotApplied);
        await ApplyAsync(await PlanAsync());
        Assert.Equal(2, _act.Sends);
        Assert.Equal([MitigationState.InForce, MitigationState.Failed], (await LedgerAsync()).Select(mitigation => mitigation.State));
    }

    [Theory]
    [InlineData(true, MitigationState.InForce)]
    [InlineData(false, MitigationState.Failed)]
    public async Task An_unknown_outcome_can_be_found_out_without_sending_anything(bool made, MitigationState expected)
    {
        (_act.Send, _act.World) = (LoseAnswer, ReadBack.Unknown);
        var plan = await PlanAsync();
        await Assert.ThrowsAsync<IncidentException>(async () => await ApplyAsync(plan));
        Assert.Equal(MitigationState.Unknown, Assert.Single(await SettleAsync()).State);

        _act.World = made ? ReadBack.Applied : ReadBack.NotApplied;
        Assert.Equal(expected, Assert.Single(await SettleAsync()).State);
        Assert.Empty(await SettleAsync());
        Assert.Equal(1, _act.Sends);
    }

    [Fact]
    public Task Stopped_while_sending_leaves_an_honest_outcome_within_two_seconds() => Promise.WithinAsync(TimeSpan.FromSeconds(2), async () =>
    {
        var (known, sending) = (_journal.Events.Count, new TaskCompletionSource());
        _act.Send = async token =>
        {
            sending.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            throw new InvalidOperationException("never");
        };
        _act.World = ReadBack.Unknown;
        using var stop = new CancellationTokenSource();
        var applying = ApplyAsync(await PlanAsync(), cancellationToken: stop.Token);
        await sending.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => applying);
        Assert.Equal([EventKind.ActionIntended, EventKind.ActionUnknown], _journal.Kinds.Skip(known));
        // What is unknown would stand in the way of the next try.
        _act.World = ReadBack.NotApplied;
        await SettleAsync();
    });

    [Fact]
    public async Task Stopped_between_two_steps_is_a_stop_and_nothing_is_under_way_any_more_when_the_outcome_is_written()
    {
        using var stop = new CancellationTokenSource();
        var written = false;
        _act.Parts = 1;
        _act.Send = token =>
        {
            stop.Cancel();
            return HeedAsync(token);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ApplyAsync(await PlanAsync(), cancellationToken: stop.Token));
        Assert.False(written);
        Assert.Equal([EventKind.ActionIntended, EventKind.ActionProgress, EventKind.ActionUnknown], _journal.Kinds);

        async Task<ActStep.Sent> HeedAsync(CancellationToken token)
        {
            await Task.Delay(200, CancellationToken.None);
            written = _journal.Kinds.Contains(EventKind.ActionUnknown);
            throw new OperationCanceledException(token);
        }
    }

    [Fact]
    public async Task Stopped_while_following_leaves_the_change_in_force_and_says_so()
    {
        var following = new TaskCompletionSource();
        _act.Follow = async token =>
        {
            following.SetResult();
            await Task.Delay(Timeout.Infinite, token);
        };
        using var stop = new CancellationTokenSource();
        var applying = ApplyAsync(await PlanAsync(), cancellationToken: stop.Token);
        await following.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => applying);
        Assert.Equal([EventKind.ActionIntended, EventKind.ActionSucceeded, EventKind.ActionProgress], _journal.Kinds);
        Assert.Equal(MitigationState.InForce, (await LedgerAsync()).Single().State);
    }

    [Fact]
    public async Task Ending_the_enumeration_early_still_completes_the_record()
    {
        await foreach (var _ in Mitigator.ApplyAsync(await PlanAsync(), new(), default))
        {
            break;
        }

        Assert.Equal(EventKind.ActionIntended, _journal.Kinds.First());
        Assert.Contains(_journal.Kinds, kind => kind is EventKind.ActionSucceeded or EventKind.ActionUnknown or EventKind.ActionFailed);
    }

    [Fact]
    public async Task A_service_that_stays_unhealthy_fails_the_verification_and_the_change_stays_in_force()
    {
        _verification.Healthy = false;
        var failure = await Assert.ThrowsAsync<IncidentException>(async () => await ApplyAsync(await PlanAsync()));
        Assert.Equal(FailureKind.VerificationFailed, failure.Kind);
        Assert.False(_journal.Events[^1].Data!["passed"]!.GetValue<bool>());
        Assert.Equal(MitigationState.InForce, (await LedgerAsync()).Single().State);
    }

    [Fact]
    public async Task An_undo_marks_what_it_undid()
    {
        var plan = await PlanAsync();
        await ApplyAsync(plan);
        await ApplyAsync(await Mitigator.PlanUndoAsync(plan.Id, new(), force: false, default));
        var undone = (await LedgerAsync()).Single(mitigation => mitigation.Id == plan.Id);
        Assert.Equal(MitigationState.Undone, undone.State);
        var again = await Assert.ThrowsAsync<IncidentException>(() => Mitigator.PlanUndoAsync(plan.Id, new(), force: false, default));
        Assert.Equal(FailureKind.MitigationNotReversible, again.Kind);
    }

    [Fact]
    public async Task A_password_on_the_command_line_never_reaches_the_journal()
    {
        var plan = await PlanAsync(new Scope { ConnectionString = "Host=db;Password=hunter2" });
        await ApplyAsync(plan);
        Assert.DoesNotContain("hunter2", string.Concat(_journal.Events.Select(entry => entry.Text + entry.Data)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hundreds_of_parts_are_written_in_order_before_they_are_seen()
    {
        _act.Parts = 500;
        var seen = 0;
        await foreach (var step in Mitigator.ApplyAsync(await PlanAsync(), new(), default))
        {
            if (step.Result is QueryStopResult part)
            {
                Assert.Equal(seen++, part.ProcessId);
                Assert.Contains(_journal.Events, entry => entry.Text == $"backend {part.ProcessId}");
            }
        }

        Assert.Equal(500, seen);
        Assert.Equal(500, _journal.Kinds.Count(kind => kind == EventKind.ActionProgress));
    }

    private static Task<ActStep.Sent> LoseAnswer(CancellationToken cancellationToken)
        => throw new IncidentException(FailureKind.OutcomeUnknown, "The connection was cut.");

    private Task<MitigationPlan> PlanAsync(Scope? scope = null) => Mitigator.PlanAsync(new RollbackRequest { Scope = scope ?? new() }, default);

    private async Task<List<Mitigation>> SettleAsync() => await Mitigator.SettleAsync(new(), CancellationToken.None).ToListAsync();

    private async Task<MitigationResult?> ApplyAsync(MitigationPlan plan, ApplyOptions? options = null, CancellationToken cancellationToken = default)
    {
        MitigationResult? last = null;
        await foreach (var step in Mitigator.ApplyAsync(plan, options ?? new(), cancellationToken))
        {
            last = step.Result ?? last;
        }

        return last;
    }

    private async Task<List<Mitigation>> LedgerAsync()
    {
        var found = new List<Mitigation>();
        await foreach (var mitigation in Mitigator.ListAsync(new(), default))
        {
            found.Add(mitigation);
        }

        return found;
    }
}
