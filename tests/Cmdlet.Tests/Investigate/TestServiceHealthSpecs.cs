using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Investigate;

[Collection(TemporaryStore.Name)]
public sealed class TestServiceHealthSpecs : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();
    private readonly HealthEndpoint _service = new();

    public void Dispose()
    {
        _service.Dispose();
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void It_works_in_a_condition()
    {
        var script = $"if (Test-ServiceHealth {_service.Address}/health/liveness -IntervalMilliseconds 0 -Quiet) {{ 'up' }} else {{ 'down' }}";
        Assert.Equal("up", _shell.Get<string>(script)[0]);
        _service.Status = 503;
        Assert.Equal("down", _shell.Get<string>(script)[0]);
    }

    [Theory]
    [InlineData("Test-ServiceHealth")]
    [InlineData("Test-ServiceDependency")]
    [InlineData("Test-IncidentJournal")]
    [InlineData("Test-IncidentResolution")]
    [InlineData("Test-IncidentReadiness")]
    public void Where_nothing_came_to_be_tested_nothing_is_well(string command)
        => Assert.False(_shell.Get<bool>($"@() | {command} -Quiet").Single());

    [Fact]
    public void A_service_that_is_down_is_a_result_and_no_error()
    {
        _service.Body = """{"status":"down"}""";
        var health = Assert.Single(_shell.Get<ServiceHealth>($"Test-ServiceHealth {_service.Address}/health/readiness -Count 2 -IntervalMilliseconds 0"));
        Assert.Equal((false, ProbeFailure.BodySaysDown, 200, 2, 0), (health.Healthy, health.Failure!.Value, health.StatusCode!.Value, health.Probes, health.Succeeded));
        Assert.Equal("readiness", health.Probe);
    }

    [Fact]
    public void The_environments_addresses_are_asked_and_the_record_keeps_the_evidence()
    {
        _service.BecomeProduction(_store);
        var incident = _shell.Get<Incident>("New-Incident 'Down' -Severity P1")[0];
        var results = _shell.Get<ServiceHealth>("Test-ServiceHealth -IntervalMilliseconds 0");
        Assert.Equal(["liveness", "readiness"], results.Select(result => result.Probe));
        Assert.All(results, result => Assert.Equal((incident.Id, "production"), (result.Incident!, result.Environment!)));
        Assert.Equal(2, _shell.Get<IncidentEvent>("Get-IncidentTimeline").Count(entry => entry.Kind == EventKind.Checked));
    }

    [Fact]
    public void Production_and_staging_are_asked_together()
    {
        _service.BecomeProduction(_store);
        using var staging = new HealthEndpoint { Status = 503 };
        File.AppendAllText(Environment.GetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS")!, $"  staging:\n    liveness: {staging.Address}/health/liveness\n");
        var results = _shell.Get<ServiceHealth>("Test-ServiceHealth -Environment production, staging, Production -Count 1");
        Assert.Equal([("production", "liveness", true), ("production", "readiness", true), ("staging", "liveness", false)], results.Select(result => (result.Environment!, result.Probe, result.Healthy)));
        Assert.False(Assert.Single(_shell.Get<bool>("Test-ServiceHealth -Environment production, staging -Count 1 -Quiet")));
        Assert.True(Assert.Single(_shell.Get<bool>("Test-ServiceHealth -Count 1 -Quiet")));
    }

    [Fact]
    public void The_table_shows_what_was_found()
    {
        _shell.Run($"Test-ServiceHealth {_service.Address}/health/liveness -Count 1 | Out-Default");
        Assert.Contains("Healthy", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("200", _shell.Host.Shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Test-ServiceHealth", "SettingMissing")]
    [InlineData("Test-ServiceHealth -Address not-an-address", "ArgumentInvalid")]
    [InlineData("Test-ServiceHealth -Address http://127.0.0.1:1/ -Count 0", "ParameterArgumentValidationError")]
    [InlineData("Test-ServiceHealth -Incident INC-2026-9999 -Address http://127.0.0.1:1/", "IncidentNotFound")]
    public void Bad_input_is_an_error_with_a_stable_id(string script, string id) => Assert.Equal(id, _shell.FailureOf(script));
}
