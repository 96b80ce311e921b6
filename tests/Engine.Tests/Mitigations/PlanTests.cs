using System.Text.Json.Nodes;
using MalariaIncident;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Mitigations;

namespace Engine.Tests.Mitigations;

/// <summary>What is approved and what is done are the same plan, and it is done once.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("plans").FullName;
    private readonly FakeJournal _journal = new();
    private readonly FakeAct _act = new();
    private readonly FakeScopes _scopes = new();
    private FakeRunbooks _runbooks = new(Severity.P0, Severity.P1);
    private string _person = "ada";

    private Mitigator Mitigator => new(
        _journal,
        _scopes,
        new Dictionary<MitigationKind, Lazy<IMitigationAct>> { [MitigationKind.Rollback] = new(_act) },
        new Lazy<IServiceVerification>(new FakeVerification()),
        new Approvals(_journal, _runbooks, Who, TimeProvider.System),
        Who,
        TimeProvider.System);

    private string File => Path.Combine(_folder, "a.plan.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_plan_says_who_made_it_and_what_the_runbook_asks_for()
    {
        var plan = await PlanAsync();
        Assert.Equal("ada", plan.PlannedBy);
        Assert.StartsWith("sha256:", plan.Digest, StringComparison.Ordinal);
        Assert.Contains(plan.Preconditions, line => line.Contains("second person", StringComparison.Ordinal) && line.Contains("P0", StringComparison.Ordinal));
        Assert.Empty(_journal.Events);
    }

    [Fact]
    public async Task A_plan_says_how_many_users_suffer_already_where_that_is_known()
    {
        Assert.Equal("3 pods are replaced", (await PlanAsync()).BlastRadius);
        _scopes.UsersAffected = 62.5;
        Assert.Equal("3 pods are replaced; 62.5 % of users are affected by INC-2026-0001", (await PlanAsync()).BlastRadius);
    }

    [Fact]
    public async Task A_saved_plan_is_the_same_plan()
    {
        var plan = await PlanAsync();
        await Mitigator.SavePlanAsync(plan, File, overwrite: false, CancellationToken.None);
        var read = await Mitigator.LoadPlanAsync(File, CancellationToken.None);
        Assert.Equal((plan.Id, plan.Digest, plan.Describe()), (read.Id, read.Digest, read.Describe()));
        Assert.Equal(FailureKind.PathInvalid, (await Assert.ThrowsAsync<IncidentException>(() => Mitigator.SavePlanAsync(plan, File, overwrite: false, CancellationToken.None))).Kind);
        await Mitigator.SavePlanAsync(plan, _folder, overwrite: false, CancellationToken.None);
        Assert.True(System.IO.File.Exists(Path.Combine(_folder, $"{plan.Id}.plan.json")));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public async Task A_saved_plan_holds_no_password()
    {
        var plan = await PlanAsync(new Scope { Incident = "INC-2026-0001", ConnectionString = "Host=db;Password=hunter2" });
        await Mitigator.SavePlanAsync(plan, File, overwrite: false, CancellationToken.None);
        Assert.DoesNotContain("hunter2", await System.IO.File.ReadAllTextAsync(File), StringComparison.Ordinal);
        Assert.Equal(plan.Digest, (await Mitigator.LoadPlanAsync(File, CancellationToken.None)).Digest);
    }

    [Theory]
    [InlineData("target", "deployment/other")]
    [InlineData("summary", "Roll back something else")]
    [InlineData("plannedBy", "somebody")]
    public async Task A_plan_that_was_changed_on_disk_is_refused(string field, string value)
    {
        await Mitigator.SavePlanAsync(await PlanAsync(), File, overwrite: false, CancellationToken.None);
        var file = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(File))!;
        file["plan"]![field] = value;
        await System.IO.File.WriteAllTextAsync(File, file.ToJsonString());
        Assert.Equal(FailureKind.PlanAltered, (await Assert.ThrowsAsync<IncidentException>(() => Mitigator.LoadPlanAsync(File, CancellationToken.None))).Kind);
    }

    [Fact]
    public async Task What_a_plan_will_send_is_bound_by_its_digest()
    {
        var plan = await PlanAsync();
        plan.Instructions["from"] = "api:666";
        Assert.Equal(FailureKind.PlanAltered, (await FailureOfAsync(plan, new() { BreakGlass = "x" })).Kind);
        Assert.Equal(FailureKind.PlanAltered, (await Assert.ThrowsAsync<IncidentException>(() => Mitigator.ApproveAsync(plan, null, CancellationToken.None))).Kind);
        Assert.Equal(0, _act.Sends);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("{\"format\":\"malaria-incident-plan/2\",\"plan\":{}}")]
    [InlineData("{\"format\":\"malaria-incident-plan/1\",\"plan\":{}}")]
    [InlineData("{\"format\":\"malaria-incident-plan/1\",\"plan\":7}")]
    public async Task What_is_no_plan_is_said_to_be_none(string text)
    {
        await System.IO.File.WriteAllTextAsync(File, text);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => Mitigator.LoadPlanAsync(File, CancellationToken.None));
        Assert.Equal(FailureKind.PlanInvalid, failure.Kind);
        Assert.Contains(File, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_second_person_nothing_is_sent()
    {
        Assert.Equal(FailureKind.ApprovalMissing, (await FailureOfAsync(await PlanAsync())).Kind);
        Assert.Equal(0, _act.Sends);
        Assert.Empty(_journal.Events);
    }

    [Fact]
    public async Task An_approved_plan_is_carried_out()
    {
        var plan = await PlanAsync();
        await ApproveAsync("grace", plan);
        await ApplyAsync(plan);
        Assert.Equal([EventKind.Approved, EventKind.ActionIntended, EventKind.ActionSucceeded, EventKind.Verified], _journal.Kinds);
    }

    [Fact]
    public async Task Nobody_approves_a_plan_of_their_own()
    {
        var plan = await PlanAsync();
        Assert.Equal(FailureKind.ApprovalByPlanner, (await Assert.ThrowsAsync<IncidentException>(() => ApproveAsync("ADA", plan))).Kind);
        Assert.Empty(_journal.Events);
    }

    [Fact]
    public async Task The_approval_of_whoever_carries_it_out_does_not_count()
    {
        var plan = await PlanAsync();
        await ApproveAsync("grace", plan);
        _person = "grace";
        Assert.Equal(FailureKind.ApprovalMissing, (await FailureOfAsync(plan)).Kind);
        Assert.Equal(0, _act.Sends);
    }

    [Fact]
    public async Task An_approval_holds_for_one_plan()
    {
        await ApproveAsync("grace", await PlanAsync());
        _person = "ada";
        Assert.Equal(FailureKind.ApprovalMissing, (await FailureOfAsync(await PlanAsync())).Kind);
    }

    [Fact]
    public async Task At_a_severity_that_the_runbook_does_not_name_one_person_acts()
    {
        _journal.Severity = Severity.P2;
        await ApplyAsync(await PlanAsync());
        Assert.Equal(1, _act.Sends);
        Assert.DoesNotContain(EventKind.BreakGlass, _journal.Kinds);
    }

    [Fact]
    public async Task A_broken_glass_is_written_down_before_anything_else()
    {
        await ApplyAsync(await PlanAsync(), new() { BreakGlass = "nobody else is awake" });
        Assert.Equal([EventKind.BreakGlass, EventKind.ActionIntended, EventKind.ActionSucceeded, EventKind.Verified], _journal.Kinds);
        var loud = _journal.Events[0].Text;
        Assert.Contains("BREAK-GLASS: ada", loud, StringComparison.Ordinal);
        Assert.Contains("nobody else is awake", loud, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_glass_that_need_not_be_broken_is_not()
    {
        _journal.Severity = Severity.P3;
        await ApplyAsync(await PlanAsync(), new() { BreakGlass = "to be sure" });
        Assert.DoesNotContain(EventKind.BreakGlass, _journal.Kinds);
    }

    [Fact]
    public async Task Breaking_the_glass_needs_a_reason()
    {
        Assert.Equal(FailureKind.ArgumentInvalid, (await FailureOfAsync(await PlanAsync(), new() { BreakGlass = " " })).Kind);
        Assert.Equal(0, _act.Sends);
    }

    [Fact]
    public async Task A_runbook_with_a_slip_stops_the_change_but_not_a_broken_glass()
    {
        _runbooks = new FakeRunbooks { Unreadable = new(FailureKind.RunbookInvalid, "line 12") };
        Assert.Equal(FailureKind.RunbookInvalid, (await FailureOfAsync(await PlanAsync())).Kind);
        Assert.Equal(0, _act.Sends);
        await ApplyAsync(await PlanAsync(), new() { BreakGlass = "the database is on fire" });
        Assert.Contains("line 12", _journal.Events[0].Text, StringComparison.Ordinal);
        Assert.Equal(1, _act.Sends);
    }

    [Fact]
    public async Task A_plan_is_carried_out_once()
    {
        var plan = await PlanAsync();
        await ApproveAsync("grace", plan);
        _person = "ada";
        await ApplyAsync(plan);
        Assert.Equal(FailureKind.PlanUsed, (await FailureOfAsync(plan)).Kind);
        Assert.Equal(FailureKind.PlanUsed, (await Assert.ThrowsAsync<IncidentException>(() => ApproveAsync("grace", plan))).Kind);
        Assert.Equal(1, _act.Sends);
    }

    private Operator Who() => new(_person, "here");

    private Task<MitigationPlan> PlanAsync(Scope? scope = null)
        => Mitigator.PlanAsync(new RollbackRequest { Scope = scope ?? new Scope { Incident = "INC-2026-0001" } }, CancellationToken.None);

    private async Task ApproveAsync(string person, MitigationPlan plan)
    {
        (var before, _person, _journal.Actor) = (_person, person, person);
        try
        {
            await Mitigator.ApproveAsync(plan, "looked at it", CancellationToken.None);
        }
        finally
        {
            (_person, _journal.Actor) = (before, before);
        }
    }

    private async Task ApplyAsync(MitigationPlan plan, ApplyOptions? options = null)
    {
        await foreach (var _ in Mitigator.ApplyAsync(plan, options ?? new(), CancellationToken.None))
        {
        }
    }

    private Task<IncidentException> FailureOfAsync(MitigationPlan plan, ApplyOptions? options = null)
        => Assert.ThrowsAsync<IncidentException>(() => ApplyAsync(plan, options));
}
