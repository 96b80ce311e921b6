using System.Xml.Linq;
using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Verify;

/// <summary>The checks in advance as somebody at a prompt and a pipeline have them.</summary>
[Collection(TemporaryStore.Name)]
public sealed class TestIncidentReadinessSpecs(ObservedRelease release) : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = release.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void A_production_that_is_prepared_is_ready()
    {
        var report = Assert.Single(_shell.Get<ReadinessReport>("Test-IncidentReadiness -TimeoutSeconds 120"));
        Assert.Empty(report.Checks.Where(check => check.Status == ReadinessStatus.NotReady).Select(check => $"{check.Check}: {check.Detail}"));
        Assert.True(report.Ready);
        Assert.Equal(Enum.GetValues<ReadinessArea>(), report.Checks.Select(check => check.Area).Distinct());
        Assert.All(report.Checks, check => Assert.Equal("production", check.Environment));
    }

    [Fact]
    public void The_view_is_by_area_with_what_to_do()
    {
        _shell.Run($"Test-IncidentReadiness -Area Cluster, Permissions {RightsWorld.Reader} | Out-Default");
        var shown = _shell.Host.Shown;
        Assert.Contains(": 7 not ready (Invoke-EmergencyRollback, ", shown, StringComparison.Ordinal);
        Assert.Contains("Switch-DeploymentSlot       Missing: patch services in", shown, StringComparison.Ordinal);
        Assert.Contains("→ kubectl apply -n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipeline_gets_a_file_and_an_answer_for_if()
    {
        var path = Path.Combine(_store.Folder, "readiness.xml");
        Assert.False(_shell.Get<bool>($"Test-IncidentReadiness -Environment prod* -Area Permissions {RightsWorld.Reader} -Path '{path}' -Quiet")[0]);
        Assert.Equal(7, (int)XDocument.Load(path).Root!.Attribute("failures")!);
        Assert.Equal("PathInvalid", _shell.FailureOf($"Test-IncidentReadiness -Area Record -Path '{path}'"));
        Assert.True(_shell.Get<bool>($"Test-IncidentReadiness -Area Record -Path '{path}' -Force -Quiet")[0]);
    }

    [Fact]
    public void It_works_in_a_read_only_process_and_writes_its_file_there()
    {
        var path = Path.Combine(_store.Folder, "readiness.json");
        _shell.Run("Set-IncidentSafety -Mode ReadOnly -Confirm:$false");
        try
        {
            var report = Assert.Single(_shell.Get<ReadinessReport>($"Test-IncidentReadiness -Area Cluster, Permissions, Record -Path '{path}'"));
            Assert.True(report.Ready);
            Assert.Contains(report.Checks, check => check is { Check: "Journal", Status: ReadinessStatus.Warning });
        }
        finally
        {
            _shell.Run("Set-IncidentSafety -Mode ReadWrite -Confirm:$false");
        }

        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_database_that_is_down_hides_nothing_else()
    {
        var report = _shell.Get<ReadinessReport>("Test-IncidentReadiness -ConnectionString 'host=127.0.0.1 port=1 user=u password=s3cr3t' -TimeoutSeconds 120")[0];
        var missing = Assert.Single(report.Checks, check => check.Status == ReadinessStatus.NotReady);
        Assert.Equal((ReadinessArea.Database, "Connection", FailureKind.DatabaseUnreachable), (missing.Area, missing.Check, missing.Failure!.Value));
        Assert.NotNull(missing.Advice);
        Assert.DoesNotContain("s3cr3t", report.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_written_into_the_record_in_a_line()
    {
        _shell.Run("New-Incident 'Prepared' -Severity P3");
        _shell.Run("Test-IncidentReadiness -Area Record");
        Assert.Contains(_shell.Get<IncidentEvent>("Get-IncidentTimeline"), entry => entry.Text == "Readiness of production: 2 ready");
    }

    [Fact]
    public void Bad_input_is_told_apart()
    {
        Assert.Equal("EnvironmentNotFound", _shell.FailureOf("Test-IncidentReadiness nowhere"));
        Assert.Equal("EnvironmentNotFound", _shell.FailureOf("Test-IncidentReadiness no*"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Test-IncidentReadiness -Area Permissions -Command Get-Nothing"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Test-IncidentReadiness -Format JUnit"));
        Assert.Equal("PathInvalid", _shell.FailureOf("Test-IncidentReadiness -Area Record -Path ./x.pdf"));
        Assert.Equal("PathInvalid", _shell.FailureOf("Test-IncidentReadiness -Area Record -Path env:x.xml"));
    }

    [Theory]
    [InlineData("Test-IncidentReadiness -Command Invoke-Em", "Invoke-EmergencyRollback")]
    [InlineData("Test-IncidentReadiness -Area Perm", "Permissions")]
    [InlineData("Test-IncidentReadiness prod", "production")]
    public void Names_complete(string typed, string name)
        => Assert.Contains(name, _shell.Complete(typed, name));
}
