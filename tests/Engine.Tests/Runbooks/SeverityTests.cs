using MalariaIncident;
using MalariaIncident.Engine.Runbooks;

namespace Engine.Tests.Runbooks;

public sealed class SeverityTests
{
    private readonly RunbookDocument _shipped = new(_ => null);

    [Fact]
    public async Task The_shipped_runbook_has_the_four_policies()
    {
        var policies = await _shipped.GetPoliciesAsync(default);

        Assert.Equal(["Critical", "High", "Medium", "Low"], policies.Select(policy => policy.Name));
        Assert.Equal([15, 30, 120, 480], policies.Select(policy => (int)policy.ResponseTime.TotalMinutes));
        Assert.Equal([1, 4, 24, 168], policies.Select(policy => (int)policy.ResolutionTarget.TotalHours));
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromHours(2), TimeSpan.FromHours(8), null], policies.Select(policy => policy.EscalateAfter));
    }

    [Theory]
    [InlineData(100, Severity.P0, 1)]
    [InlineData(50.1, Severity.P0, 1)]
    [InlineData(50, Severity.P0, 2)]
    [InlineData(49.9, Severity.P1, 1)]
    [InlineData(25, Severity.P1, 1)]
    [InlineData(24.9, Severity.P2, 1)]
    [InlineData(0.1, Severity.P2, 1)]
    [InlineData(0, Severity.P3, 0)]
    public async Task Users_affected_decide(double percent, Severity severity, int criteria)
    {
        var verdict = await _shipped.ResolveSeverityAsync(new SeverityFacts { UsersAffected = percent }, default);
        Assert.Equal((severity, criteria), (verdict.Severity, verdict.Criteria.Count));
        Assert.Equal(severity, verdict.Policy.Severity);
    }

    /// <summary>traps.md: 50 % of users fits P0 and P1: the higher severity wins, and the result says which criteria fired.</summary>
    [Theory]
    [InlineData("second person", true)]
    [InlineData("Second person, not the planner", true)]
    [InlineData("none", false)]
    public async Task A_severity_may_ask_for_a_second_person(string wording, bool asked)
    {
        var folder = Directory.CreateTempSubdirectory("runbook").FullName;
        try
        {
            var policies = await PoliciesAsync(folder, wording);
            Assert.Equal([asked, false, false, false], policies.Select(policy => policy.ApprovalRequired));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_slip_in_the_approval_does_not_let_changes_through()
    {
        var folder = Directory.CreateTempSubdirectory("runbook").FullName;
        try
        {
            var failure = await Assert.ThrowsAsync<IncidentException>(() => PoliciesAsync(folder, "secnd person"));
            Assert.Equal(FailureKind.RunbookInvalid, failure.Kind);
            Assert.Contains("secnd person", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<SeverityPolicy>> PoliciesAsync(string folder, string approval)
    {
        var path = Path.Combine(folder, "runbook.md");
        var text = RunbookDocument.ShippedText().Replace("- **Escalation**: Immediate", $"- **Escalation**: Immediate\n- **Approval**: {approval}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text);
        return await new RunbookDocument(_ => path).GetPoliciesAsync(default);
    }

    [Fact]
    public async Task Fifty_percent_fits_two_severities_and_the_higher_one_wins()
    {
        var verdict = await _shipped.ResolveSeverityAsync(new SeverityFacts { UsersAffected = 50 }, default);

        Assert.Equal(Severity.P0, verdict.Severity);
        Assert.Equal(["P0: At least 50 % of users affected (50 %)", "P1: 25–50 % of users affected (50 %)"], verdict.Criteria);
    }

    /// <summary>traps.md: under 10 % degradation is undefined in the runbook's original: it is P3 here.</summary>
    [Theory]
    [InlineData(80, Severity.P1)]
    [InlineData(50.5, Severity.P1)]
    [InlineData(50, Severity.P2)]
    [InlineData(10, Severity.P2)]
    [InlineData(9.9, Severity.P3)]
    public async Task Degradation_decides(double percent, Severity severity)
    {
        var verdict = await _shipped.ResolveSeverityAsync(new SeverityFacts { PerformanceDegradation = percent }, default);
        Assert.Equal(severity, verdict.Severity);
        Assert.Single(verdict.Criteria);
    }

    public static TheoryData<SeverityFacts, Severity> Facts => new()
    {
        { new SeverityFacts { Outage = true }, Severity.P0 },
        { new SeverityFacts { DataLoss = true }, Severity.P0 },
        { new SeverityFacts { SecurityBreach = true }, Severity.P0 },
        { new SeverityFacts { PaymentFailure = true }, Severity.P0 },
        { new SeverityFacts { MajorFeatureUnavailable = true }, Severity.P1 },
        { new SeverityFacts { PipelineFailure = true }, Severity.P1 },
        { new SeverityFacts { MinorFeature = true }, Severity.P2 },
        { new SeverityFacts { ComponentFailure = true }, Severity.P2 },
    };

    [Theory]
    [MemberData(nameof(Facts))]
    public async Task Every_fact_fires_one_criterion(SeverityFacts facts, Severity severity)
    {
        var verdict = await _shipped.ResolveSeverityAsync(facts, default);
        Assert.Equal(severity, verdict.Severity);
        Assert.Single(verdict.Criteria);
    }

    [Fact]
    public async Task Several_facts_list_every_criterion()
    {
        var verdict = await _shipped.ResolveSeverityAsync(new SeverityFacts { UsersAffected = 10, DataLoss = true, MinorFeature = true }, default);
        Assert.Equal(["P0", "P2", "P2"], verdict.Criteria.Select(criterion => criterion[..2]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(100.01)]
    [InlineData(double.NaN)]
    public async Task A_share_outside_0_to_100_is_refused(double percent)
    {
        var failure = await Assert.ThrowsAsync<IncidentException>(() => _shipped.ResolveSeverityAsync(new SeverityFacts { UsersAffected = percent }, default));
        Assert.Equal(FailureKind.ArgumentInvalid, failure.Kind);
    }

    /// <summary>A team's document in the wording that teams use: bold words, plus signs, comparison signs.</summary>
    [Theory]
    [InlineData("50%+ of users affected", 50, true)]
    [InlineData("50%+ of users affected", 49, false)]
    [InlineData("25-50% of users affected", 25, true)]
    [InlineData("<25% of users affected", 25, false)]
    [InlineData("<25% of users affected", 24, true)]
    [InlineData("No more than 5 % of users", 5, true)]
    [InlineData("Users affected: 30 % or more", 30, true)]
    [InlineData("≥ 12.5% of users", 12.5, true)]
    [InlineData("more than 12.5% of users", 12.5, false)]
    public async Task Shares_are_read_as_people_write_them(string criterion, double users, bool fires)
    {
        using var file = new RunbookFile(Runbook(p0Criteria: $"- {criterion}\n"));
        var verdict = await file.Document.ResolveSeverityAsync(new SeverityFacts { UsersAffected = users }, default);
        Assert.Equal(fires, verdict.Severity == Severity.P0);
    }

    [Theory]
    [InlineData("- **Response Time**: 15 minutes", "", "line 1, under 'Critical (P0)': the response time is missing")]
    [InlineData("- **Response Time**: 15 minutes", "- **Response Time**: soon", "line 2, under 'Critical (P0)': 'soon' is not a time")]
    [InlineData("- **Escalation**: Immediate", "", "line 1, under 'Critical (P0)': the escalation is missing")]
    [InlineData("- Complete outage", "- 60-30 % of users affected", "line 7, under 'Critical (P0)': the criterion '60-30 % of users affected' names a share that no value can have")]
    [InlineData("- Complete outage", "", "line 1, under 'Critical (P0)': there are no criteria")]
    [InlineData("### Critical (P0)", "### Critical", "no heading names P0")]
    [InlineData("### Low (P3)", "### High again (P1)", "a second heading names P1")]
    public async Task What_does_not_parse_is_named_with_its_line_and_heading(string good, string bad, string message)
    {
        using var file = new RunbookFile(Runbook().Replace(good, bad, StringComparison.Ordinal));
        var failure = await Assert.ThrowsAsync<IncidentException>(() => file.Document.GetPoliciesAsync(default));
        Assert.Equal(FailureKind.RunbookInvalid, failure.Kind);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_runbook_that_is_not_there_is_said()
    {
        var failure = await Assert.ThrowsAsync<IncidentException>(() => new RunbookDocument(_ => "/nowhere/runbook.md").GetPoliciesAsync(default));
        Assert.Equal(FailureKind.RunbookInvalid, failure.Kind);
        Assert.Contains("/nowhere/runbook.md", failure.Message, StringComparison.Ordinal);
    }

    private static string Runbook(string p0Criteria = "- Complete outage\n") => string.Concat(
        Section("Critical (P0)", "15 minutes", "1 hour", "Immediate", p0Criteria),
        Section("High (P1)", "30 min", "4 h", "2 hours if unresolved", "- Major feature unavailable\n"),
        Section("Medium (P2)", "2 hours", "1 day", "8 hours if unresolved", "- Minor feature impact\n"),
        Section("Low (P3)", "8 hours", "1 week", "As needed", "- Cosmetic issues\n"));

    private static string Section(string heading, string response, string resolution, string escalation, string criteria) =>
        $"### {heading}\n- **Response Time**: {response}\n- **Resolution Target**: {resolution}\n- **Escalation**: {escalation}\n\n**Criteria:**\n{criteria}\n**Examples:**\n- 99 % of users\n\n";

    private sealed class RunbookFile : IDisposable
    {
        private readonly string _path = Path.GetTempFileName();

        public RunbookFile(string text) => File.WriteAllText(_path, text);

        public RunbookDocument Document => new(name => name == RunbookDocument.Variable ? _path : null);

        public void Dispose() => File.Delete(_path);
    }
}
