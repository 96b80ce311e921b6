using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Declare;

[Collection(TemporaryStore.Name)]
public sealed class SeveritySpecs : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Theory]
    [InlineData("-UsersAffected 50", Severity.P0, 2)]
    [InlineData("-PerformanceDegradation 51", Severity.P1, 1)]
    [InlineData("-DataLoss", Severity.P0, 1)]
    [InlineData("-Outage -MinorFeature", Severity.P0, 2)]
    [InlineData("", Severity.P3, 0)]
    public void Facts_give_a_severity_and_its_criteria(string facts, Severity severity, int criteria)
    {
        var verdict = _shell.Get<SeverityVerdict>($"Resolve-Severity {facts}")[0];
        Assert.Equal((severity, criteria), (verdict.Severity, verdict.Criteria.Count));
    }

    [Fact]
    public void A_share_of_more_than_everything_is_refused() => Assert.Equal("ArgumentInvalid", _shell.FailureOf("Resolve-Severity -UsersAffected 101"));

    [Fact]
    public void Policies_are_listed_highest_first_and_by_name()
    {
        Assert.Equal([Severity.P0, Severity.P1, Severity.P2, Severity.P3], _shell.Get<SeverityPolicy>("Get-SeverityPolicy").Select(policy => policy.Severity));
        Assert.Equal("High", _shell.Get<SeverityPolicy>("Get-SeverityPolicy P1")[0].Name);
    }

    [Fact]
    public void The_teams_own_runbook_counts()
    {
        var runbook = Path.Combine(_store.Folder, "runbook.md");
        var shipped = File.ReadAllText(Path.Combine(Paths.RepositoryRoot, "src", "MalariaIncident.Engine", "Runbooks", "default-runbook.md"));
        File.WriteAllText(runbook, shipped.Replace("At least 50 % of users affected", "At least 5 % of users affected", StringComparison.Ordinal));
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_RUNBOOK", runbook);
        try
        {
            Assert.Equal(Severity.P0, _shell.Get<Incident>("New-Incident one -UsersAffected 6")[0].Severity);
            File.WriteAllText(runbook, "# Nothing");
            Assert.Equal("RunbookInvalid", _shell.FailureOf("New-Incident two -UsersAffected 6"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("MALARIA_INCIDENT_RUNBOOK", null);
        }
    }
}
