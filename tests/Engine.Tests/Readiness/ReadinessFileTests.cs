using System.Text.Json;
using System.Xml.Linq;
using MalariaIncident;
using MalariaIncident.Engine.Reports;

namespace Engine.Tests.Readiness;

/// <summary>What pipelines and people get to read.</summary>
public sealed class ReadinessFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("readiness-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task JUnit_has_a_suite_for_each_environment_and_area_and_counts_them()
    {
        var xml = XDocument.Load(await WriteAsync("report.xml"));
        var root = xml.Root!;
        Assert.Equal(("testsuites", "5", "1", "1"), (root.Name.LocalName, (string?)root.Attribute("tests"), (string?)root.Attribute("failures"), (string?)root.Attribute("skipped")));
        Assert.Equal(["production.Cluster", "production.Permissions", "production.Database", "staging.Cluster"], root.Elements("testsuite").Select(suite => (string)suite.Attribute("name")!));
        Assert.All(root.Elements("testsuite"), suite => Assert.Equal(((int)suite.Attribute("tests")!, "2026-11-25T01:02:03"), (suite.Elements("testcase").Count(), (string?)suite.Attribute("timestamp"))));
    }

    [Fact]
    public async Task JUnit_says_what_is_missing_and_what_to_do_and_survives_what_a_server_may_say()
    {
        var xml = XDocument.Load(await WriteAsync("report.xml"));
        var failure = Assert.Single(xml.Descendants("failure"));
        Assert.Equal("ClusterForbidden", (string?)failure.Attribute("type"));
        Assert.Equal("Missing: patch deployments.apps <&\"' in production.", (string?)failure.Attribute("message"));
        Assert.Contains("kubectl apply", failure.Value, StringComparison.Ordinal);
        Assert.Contains("Needed by Invoke-EmergencyRollback, Get-LongQuery", failure.Value, StringComparison.Ordinal);
        Assert.Equal("The database did not answer.", (string?)Assert.Single(xml.Descendants("skipped")).Attribute("message"));
        Assert.StartsWith("Warning: ", xml.Descendants("system-out").First(said => said.Value.Contains("certificate", StringComparison.Ordinal)).Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_for_programs()
    {
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(await WriteAsync("report.json")));
        var root = json.RootElement;
        Assert.False(root.GetProperty("ready").GetBoolean());
        var check = root.GetProperty("environments")[0].GetProperty("checks")[1];
        Assert.Equal(("Permissions", "NotReady", "ClusterForbidden"), (check.GetProperty("area").GetString(), check.GetProperty("status").GetString(), check.GetProperty("failure").GetString()));
    }

    [Fact]
    public async Task The_format_is_that_of_the_ending_unless_it_is_named()
    {
        Assert.StartsWith("production is NOT ready: 1 not ready (Invoke-EmergencyRollback)", await File.ReadAllTextAsync(await WriteAsync("report.txt")), StringComparison.Ordinal);
        Assert.StartsWith("<?xml", await File.ReadAllTextAsync(await WriteAsync("report.out", ReadinessFormat.JUnit)), StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => WriteAsync("report.pdf"));
        Assert.Equal(FailureKind.PathInvalid, failure.Kind);
        Assert.Contains("-Format", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_there_stays_unless_it_is_to_be_replaced()
    {
        var path = await WriteAsync("report.xml");
        Assert.Equal(FailureKind.PathInvalid, (await Assert.ThrowsAsync<IncidentException>(() => WriteAsync("report.xml"))).Kind);
        Assert.Equal(path, await WriteAsync("report.xml", overwrite: true));
    }

    [Fact]
    public void On_the_screen_details_stand_beside_their_check_and_advice_is_given_once()
    {
        var check = Check(ReadinessArea.Permissions, "Set-ServiceScale", ReadinessStatus.NotReady, "Missing: patch deployments.apps in malaria-prediction-production.", "kubectl apply -f operator.yaml");
        var text = Report("production", check, check with { Check = "Restart-Deployment" }).Describe(80);
        var lines = text.Split(Environment.NewLine);
        Assert.All(lines, line => Assert.True(line.Length < 80, line));
        Assert.Equal(" FAIL Set-ServiceScale            Missing: patch deployments.apps in", lines[4]);
        Assert.Equal("                                  malaria-prediction-production.", lines[5]);
        Assert.Single(lines, line => line.Contains("→ kubectl apply", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_found_ready_is_not_ready()
    {
        Assert.False(Report("production", Check(ReadinessArea.Cluster, "API server", ReadinessStatus.NotChecked, "?")).Ready);
        Assert.True(Report("production", Check(ReadinessArea.Cluster, "API server", ReadinessStatus.Ready, "!"), Check(ReadinessArea.Database, "Connection", ReadinessStatus.Warning, "?")).Ready);
    }

    private Task<string> WriteAsync(string name, ReadinessFormat? format = null, bool overwrite = false) => ReadinessFile.WriteAsync(
        [
            Report(
                "production",
                Check(ReadinessArea.Cluster, "API server", ReadinessStatus.Warning, "Its certificate is not checked.\u001b[31m\u0000", "Name the authority."),
                Check(ReadinessArea.Permissions, "Invoke-EmergencyRollback", ReadinessStatus.NotReady, "Missing: patch deployments.apps <&\"' in production.", "kubectl apply -f operator.yaml")
                    with { Failure = FailureKind.ClusterForbidden, Commands = ["Invoke-EmergencyRollback", "Get-LongQuery"] },
                Check(ReadinessArea.Permissions, "Get-ServiceLog", ReadinessStatus.Ready, "All 3 permissions are there."),
                Check(ReadinessArea.Database, "Connection", ReadinessStatus.NotChecked, "The database did not answer.")),
            Report("staging", Check(ReadinessArea.Cluster, "API server", ReadinessStatus.Ready, "It answers.")),
        ],
        format,
        Path.Combine(_folder, name),
        overwrite,
        CancellationToken.None);

    private static ReadinessReport Report(string environment, params ReadinessCheck[] checks) =>
        new() { Environment = environment, CheckedAt = new DateTimeOffset(2026, 11, 25, 1, 2, 3, TimeSpan.Zero), Checks = checks };

    private static ReadinessCheck Check(ReadinessArea area, string name, ReadinessStatus status, string detail, string? advice = null) =>
        new() { Area = area, Check = name, Status = status, Detail = detail, Advice = advice };
}
