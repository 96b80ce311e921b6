using System.Text.Json.Nodes;
using MalariaIncident;
using MalariaIncident.Engine.Incidents;

namespace Engine.Tests.Incidents;

/// <summary>What may be written, by whom and when.</summary>
public sealed class JournalRulesTests : IDisposable
{
    private readonly JournalPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Unverified_is_refused_until_forced_with_a_reason()
    {
        var id = (await _place.DeclareAsync()).Id;

        await FailsAsync(FailureKind.IncidentUnverified, () => CloseAsync(id));
        await FailsAsync(FailureKind.IncidentUnverified, () => CloseAsync(id, new IncidentClosure { Reason = "a reason alone is not enough" }));
        await FailsAsync(FailureKind.ArgumentInvalid, () => CloseAsync(id, new IncidentClosure { Force = true }));
        await FailsAsync(FailureKind.ArgumentInvalid, () => CloseAsync(id, new IncidentClosure { Force = true, Reason = "  " }));
        var closed = await CloseAsync(id, new IncidentClosure { Force = true, Reason = "false alarm" });

        Assert.Equal(IncidentStatus.Closed, closed.Status);
        Assert.Contains("false alarm", (await LastAsync(id)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_verification_counts()
    {
        var id = (await _place.DeclareAsync()).Id;
        await VerifyAsync(id, true);
        await VerifyAsync(id, false);

        await FailsAsync(FailureKind.IncidentUnverified, () => CloseAsync(id));

        await VerifyAsync(id, true);
        Assert.Equal(IncidentStatus.Closed, (await CloseAsync(id)).Status);
    }

    [Fact]
    public async Task A_change_that_verifies_itself_does_not_make_up_for_a_failed_list()
    {
        var id = (await _place.DeclareAsync()).Id;
        await ChangeVerifiedAsync(id);
        await VerifyAsync(id, false);
        await ChangeVerifiedAsync(id);

        await FailsAsync(FailureKind.IncidentUnverified, () => CloseAsync(id));

        await VerifyAsync(id, true);
        Assert.Equal(_place.Clock.Now, (await CloseAsync(id)).ResolvedAt);
    }

    [Fact]
    public async Task A_change_that_verifies_itself_does_not_verify_the_incident()
    {
        var id = (await _place.DeclareAsync()).Id;
        await ChangeVerifiedAsync(id);

        await FailsAsync(FailureKind.IncidentUnverified, () => CloseAsync(id));
    }

    [Fact]
    public async Task A_closed_incident_takes_reports_and_late_outcomes_only_until_it_is_opened_again()
    {
        var id = await ClosedAsync();

        await FailsAsync(FailureKind.IncidentClosed, () => _place.Incidents.NoteAsync(id, "afterthought", default));
        await FailsAsync(FailureKind.IncidentClosed, () => _place.Incidents.ChangeAsync(id, new IncidentChange { Title = "other" }, default));
        await FailsAsync(FailureKind.IncidentClosed, () => CloseAsync(id));
        await FailsAsync(FailureKind.IncidentClosed, () => _place.Journal.EnsureWritableAsync(id, default));
        await _place.Journal.AppendAsync(id, EventKind.Reported, "report.html", null, default);
        await _place.Journal.AppendAsync(id, EventKind.ActionUnknown, "the answer to what was sent before never came", null, default);
        await _place.Journal.AppendEvidenceAsync(id, "looked", null, default);

        var again = await _place.Incidents.ChangeAsync(id, new IncidentChange { Status = IncidentStatus.Investigating }, default);

        Assert.Equal(IncidentStatus.Investigating, again.Status);
        Assert.Null(again.ClosedAt);
        Assert.Null(again.ResolvedAt);
        Assert.DoesNotContain(await TimelineAsync(id), entry => entry.Text == "looked");
        await _place.Incidents.NoteAsync(id, "it is back", default);
    }

    [Fact]
    public async Task A_status_of_Closed_is_refused_and_so_is_a_change_of_nothing()
    {
        var id = (await _place.DeclareAsync()).Id;
        await FailsAsync(FailureKind.ArgumentInvalid, () => _place.Incidents.ChangeAsync(id, new IncidentChange { Status = IncidentStatus.Closed }, default));
        await FailsAsync(FailureKind.ArgumentInvalid, () => _place.Incidents.ChangeAsync(id, new IncidentChange(), default));
    }

    [Fact]
    public async Task A_new_severity_brings_its_clocks()
    {
        var incident = await _place.Incidents.DeclareAsync(new IncidentDeclaration { Title = "slow", Severity = Severity.P2 }, default);
        Assert.Equal(incident.DeclaredAt.AddHours(24), incident.ResolveBy);
        _place.Clock.Now += TimeSpan.FromMinutes(30);

        var worse = await _place.Incidents.ChangeAsync(incident.Id, new IncidentChange { Severity = Severity.P0 }, default);

        Assert.Equal(incident.DeclaredAt.AddHours(1), worse.ResolveBy);
        Assert.Equal(incident.DeclaredAt.AddMinutes(15), worse.RespondBy);
    }

    /// <summary>faults.md: clocks ± 1 h apart: order by sequence; both times are kept.</summary>
    [Fact]
    public async Task Clocks_an_hour_apart_keep_the_order_and_both_times()
    {
        var id = (await _place.DeclareAsync()).Id;
        var late = new SettableClock { Now = _place.Clock.Now.AddHours(1) };
        var early = new SettableClock { Now = _place.Clock.Now.AddHours(-1) };
        await _place.Enter(late, "grace").Incidents.NoteAsync(id, "one", default);
        await _place.Enter(early, "edsger").Incidents.NoteAsync(id, "two", default);

        var timeline = await TimelineAsync(id);

        Assert.Equal([1L, 2, 3], timeline.Select(entry => entry.Sequence));
        Assert.Equal([_place.Clock.Now, late.Now, early.Now], timeline.Select(entry => entry.Time));
        Assert.Equal(["ada", "grace", "edsger"], timeline.Select(entry => entry.Actor));
        Assert.Equal("grace-laptop", timeline[1].Host);
        Assert.True((await _place.Incidents.VerifyAsync(id, default).SingleAsync()).Intact);
    }

    /// <summary>traps.md: $USER may be unset in CI: the actor is resolved and never empty.</summary>
    [Fact]
    public void The_actor_is_never_empty()
    {
        static string Actor(params (string Name, string Value)[] variables) => MalariaIncident.Engine.Incidents.Operator
            .Resolve(name => variables.FirstOrDefault(variable => variable.Name == name).Value).Actor;

        Assert.NotEmpty(Actor());
        Assert.Equal("ada", Actor(("LOGNAME", "ada"), ("USER", " ")));
        Assert.Equal("deploy bot", Actor(("USER", "root"), ("MALARIA_INCIDENT_ACTOR", " deploy\n bot ")));
    }

    [Theory]
    [InlineData("متلازمة \u202e عربية")]
    [InlineData("𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🦟")]
    [InlineData("$(rm -rf /) `id` {{ 7*7 }} <!channel> <script>")]
    [InlineData("line one\nline two\r\n\u001b[31mred")]
    public async Task Text_comes_back_as_it_was_written(string text)
    {
        var id = (await _place.DeclareAsync()).Id;
        await _place.Incidents.NoteAsync(id, text, default);
        await _place.Journal.AppendAsync(id, EventKind.Checked, "looked", new JsonObject { ["log"] = text + "\0" }, default);

        var timeline = await TimelineAsync(id);
        Assert.Equal(text, timeline[1].Text);
        Assert.Equal(text + "\0", (string?)timeline[2].Data!["log"]);
        Assert.True((await _place.Incidents.VerifyAsync(id, default).SingleAsync()).Intact);
    }

    [Theory]
    [InlineData("nul \0 inside")]
    [InlineData("half a pair: (half)")]
    [InlineData("")]
    [InlineData(" \n ")]
    public async Task What_cannot_be_kept_is_refused_clearly(string text)
    {
        // Half a pair would not survive the way from the attribute to here.
        text = text.Replace("(half)", "\ud83d", StringComparison.Ordinal);
        var id = (await _place.DeclareAsync()).Id;
        await FailsAsync(FailureKind.ArgumentInvalid, () => _place.Incidents.NoteAsync(id, text, default));
        Assert.Single(await TimelineAsync(id));
    }

    [Fact]
    public async Task Ten_megabytes_are_refused_as_a_note_and_kept_as_evidence()
    {
        var id = (await _place.DeclareAsync()).Id;
        var text = new string('x', 10 * 1024 * 1024);
        await FailsAsync(FailureKind.ArgumentInvalid, () => _place.Incidents.NoteAsync(id, text, default));
        await _place.Journal.AppendAsync(id, EventKind.Checked, "a long log", new JsonObject { ["log"] = text }, default);
        Assert.Equal(text.Length, ((string?)(await LastAsync(id)).Data!["log"])!.Length);
    }

    /// <summary>Evidence from elsewhere is not refused: it would be lost. What no store can hold is replaced, visibly.</summary>
    [Fact]
    public async Task Evidence_is_kept_with_a_mark_for_what_cannot_be_stored()
    {
        var id = (await _place.DeclareAsync()).Id;
        await _place.Journal.AppendEvidenceAsync(id, "pod said \0 and \ud83d", null, default);
        Assert.Equal("pod said \ufffd and \ufffd", (await LastAsync(id)).Text);
        Assert.True((await _place.Incidents.VerifyAsync(id, default).SingleAsync()).Intact);
    }

    [Fact]
    public async Task What_is_done_outside_any_incident_has_a_chain_of_its_own()
    {
        await _place.Journal.AppendAsync(null, [new(EventKind.ActionIntended, "stop 4711"), new(EventKind.ActionSucceeded, "stopped 4711")], default);
        await _place.DeclareAsync();

        Assert.Equal([1L, 2], (await TimelineAsync(null)).Select(entry => entry.Sequence));
        Assert.Equal(2, (await _place.Incidents.VerifyAsync(null, default).ToListAsync()).Count(check => check.Intact));
        Assert.Single(await _place.Incidents.ListAsync(new IncidentFilter(), default).ToListAsync());
        Assert.Equal(2, await _place.Journal.ReadAllAsync([EventKind.ActionIntended, EventKind.ActionSucceeded], default).CountAsync());
    }

    [Theory]
    [InlineData("inc-2026-0001 ")]
    [InlineData("INC-2026-0001")]
    public async Task An_id_is_found_however_it_is_typed(string typed)
    {
        await _place.DeclareAsync();
        Assert.Equal("INC-2026-0001", (await _place.Incidents.GetAsync(typed, default)).Id);
    }

    [Theory]
    [InlineData("INC-2026-0002")]
    [InlineData("42")]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    public async Task An_incident_that_is_not_there_is_said(string id)
    {
        await _place.DeclareAsync();
        await FailsAsync(FailureKind.IncidentNotFound, () => _place.Incidents.GetAsync(id, default));
        await FailsAsync(FailureKind.IncidentNotFound, () => _place.Incidents.NoteAsync(id, "x", default));
        await FailsAsync(FailureKind.IncidentNotFound, () => _place.Incidents.VerifyAsync(id, default).ToListAsync().AsTask());
        await FailsAsync(FailureKind.IncidentNotFound, () => _place.Journal.AppendEvidenceAsync(id, "x", null, default));
    }

    [Fact]
    public async Task Listing_is_newest_first_and_filters()
    {
        for (var number = 1; number <= 3; number++)
        {
            await _place.Incidents.DeclareAsync(new IncidentDeclaration { Title = $"number {number}", Severity = number == 2 ? Severity.P0 : Severity.P3 }, default);
        }

        _place.Clock.Now = _place.Clock.Now.AddYears(1);
        await _place.DeclareAsync();
        await CloseAsync("INC-2026-0003", new IncidentClosure { Force = true, Reason = "test" });

        async Task<string[]> Ids(IncidentFilter filter) => [.. (await _place.Incidents.ListAsync(filter, default).ToListAsync()).Select(incident => incident.Id)];
        Assert.Equal(["INC-2027-0001", "INC-2026-0003", "INC-2026-0002", "INC-2026-0001"], await Ids(new IncidentFilter()));
        Assert.Equal(["INC-2027-0001", "INC-2026-0002", "INC-2026-0001"], await Ids(new IncidentFilter { OpenOnly = true }));
        Assert.Equal(["INC-2026-0002"], await Ids(new IncidentFilter { Severities = [Severity.P0] }));
        Assert.Equal(["INC-2026-0003", "INC-2026-0002", "INC-2026-0001"], await Ids(new IncidentFilter { Ids = ["inc-2026-*"] }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_happens_once_happens_once_however_many_begin_it_at_the_same_time(bool outside)
    {
        var id = outside ? null : (await _place.DeclareAsync()).Id;
        var (other, _) = _place.Enter(_place.Clock, "grace");
        async Task<IncidentException?> BeginAsync(IJournal journal, string mitigation) =>
            await Record.ExceptionAsync(() => journal.AppendAsync(
                id, [new(EventKind.ActionIntended, "undo", new JsonObject { ["mitigation"] = mitigation }) { Once = "mitigation" }], default)) as IncidentException;

        var failures = await Task.WhenAll(Enumerable.Range(0, 8).Select(turn => Task.Run(() => BeginAsync(turn % 2 == 0 ? _place.Journal : other, "MIT-1"))));

        Assert.Single(failures, failure => failure is null);
        var begun = Assert.Single(await TimelineAsync(id), entry => entry.Kind == EventKind.ActionIntended);
        Assert.All(failures.OfType<IncidentException>(), failure =>
        {
            Assert.Equal(FailureKind.PlanUsed, failure.Kind);
            Assert.Contains($"MIT-1 was begun already, by {begun.Actor}", failure.Message, StringComparison.Ordinal);
        });
        Assert.Null(await BeginAsync(other, "MIT-2"));
        await _place.Journal.AppendAsync(id, EventKind.ActionSucceeded, "done", new JsonObject { ["mitigation"] = "MIT-1" }, default);
    }

    private static async Task FailsAsync(FailureKind kind, Func<Task> act) => Assert.Equal(kind, (await Assert.ThrowsAsync<IncidentException>(act)).Kind);

    private Task<Incident> CloseAsync(string id, IncidentClosure? closure = null) => _place.Incidents.CloseAsync(id, closure ?? new IncidentClosure(), default);

    private Task VerifyAsync(string id, bool passed) =>
        _place.Journal.AppendAsync(id, EventKind.Verified, passed ? "healthy" : "readiness answers 503", new JsonObject { ["passed"] = passed, ["checks"] = new JsonArray() }, default);

    private Task ChangeVerifiedAsync(string id) =>
        _place.Journal.AppendAsync(id, EventKind.Verified, "3 of 3 pods are ready", new JsonObject { ["passed"] = true }, default);

    private async Task<string> ClosedAsync()
    {
        var id = (await _place.DeclareAsync()).Id;
        await VerifyAsync(id, true);
        return (await CloseAsync(id)).Id;
    }

    private async Task<List<IncidentEvent>> TimelineAsync(string? id) => await _place.Incidents.TimelineAsync(id, default).ToListAsync();

    private async Task<IncidentEvent> LastAsync(string id) => (await TimelineAsync(id))[^1];
}
