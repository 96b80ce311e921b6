using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Verify;

[Collection(TemporaryStore.Name)]
public sealed class TestIncidentResolutionSpecs : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();
    private readonly HealthEndpoint _service = new();

    public TestIncidentResolutionSpecs() => _service.BecomeProduction(_store);

    public void Dispose()
    {
        _service.Dispose();
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void A_passed_verification_lets_the_incident_be_closed_down_the_pipeline()
    {
        var incident = _shell.Get<Incident>("New-Incident 'Over soon' -Severity P2")[0];
        var closed = Assert.Single(_shell.Get<Incident>("Test-IncidentResolution | Close-Incident -PassThru"));
        Assert.Equal((incident.Id, IncidentStatus.Closed), (closed.Id, closed.Status));
        Assert.NotNull(closed.ResolvedAt);
    }

    [Fact]
    public void A_failed_one_does_not()
    {
        _shell.Run("New-Incident 'Still down' -Severity P2");
        _service.Status = 503;
        Assert.Equal("IncidentUnverified", _shell.FailureOf("Test-IncidentResolution | Close-Incident"));
        Assert.False(_shell.Get<bool>("Test-IncidentResolution -Quiet")[0]);
    }

    [Fact]
    public void Every_check_says_what_was_found_or_why_nothing_was()
    {
        _shell.Run("New-Incident 'Checks' -Severity P2");
        var report = _shell.Get<ResolutionReport>("Test-IncidentResolution")[0];
        Assert.Equal("production", report.Environment);
        Assert.True(report.Checks[0].Passed);
        Assert.All(report.Checks, check => Assert.NotEmpty(check.Detail));
        Assert.All(report.Checks.Where(check => check.Passed is null), check => Assert.StartsWith("Not checked", check.Detail, StringComparison.Ordinal));
        Assert.True(report.Resolved);
    }

    [Fact]
    public void Several_results_of_one_incident_are_verified_once()
    {
        var incident = _shell.Get<Incident>("New-Incident 'Once' -Severity P2")[0];
        Assert.Single(_shell.Get<ResolutionReport>($"1..3 | ForEach-Object {{ [pscustomobject]@{{ Incident = '{incident.Id}'; Environment = 'production' }} }} | Test-IncidentResolution"));
        Assert.Single(_shell.Get<IncidentEvent>("Get-IncidentTimeline"), entry => entry.Kind == EventKind.Verified);
    }

    [Fact]
    public void The_view_lists_the_checks()
    {
        _service.Status = 503;
        _shell.Run("New-Incident 'Shown' -Severity P2; Test-IncidentResolution | Out-Default");
        Assert.Contains("NOT resolved", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("FAIL The affected services are operational", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("503", _shell.Host.Shown, StringComparison.Ordinal);
    }
}
