using System.Text.RegularExpressions;
using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Investigate;

[Collection(TemporaryStore.Name)]
public sealed class GetClusterHealthSpecs(ObservedRelease release) : IDisposable
{
    private const string Rollback = "Invoke-EmergencyRollback -Environment production";

    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = release.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void The_whole_cluster_is_read_and_the_next_step_gets_its_target()
    {
        var health = Assert.Single(_shell.Get<ClusterHealth>("Get-ClusterHealth"));
        Assert.False(health.Healthy);
        Assert.Equal(("sandbox", "production", "malaria-prediction-production", "malaria-predictor-api"), (health.Context, health.Environment, health.Namespace, health.Deployment));
        Assert.Equal(4, health.Nodes);
        Assert.Contains(health.Findings, finding => finding is { Reason: "CrashLoopBackOff", Severity: FindingSeverity.Critical, Suggestion: Rollback });
    }

    [Fact]
    public void A_person_sees_the_summary_the_findings_and_what_to_run()
    {
        _shell.Run("Get-ClusterHealth | Out-Default");
        var shown = Plain(_shell.Host.Shown).ReplaceLineEndings("");
        Assert.Contains("Cluster sandbox (production)", shown, StringComparison.Ordinal);
        Assert.Contains("CrashLoopBackOff: 3 pods of deployment malaria-predictor-api", shown, StringComparison.Ordinal);
        Assert.Contains("KeyError: 'rainfall_anomaly'", shown, StringComparison.Ordinal);
        Assert.Contains("→ " + Rollback, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Findings_are_a_table_of_few_columns()
    {
        _shell.Run("(Get-ClusterHealth).Findings | Out-Default");
        Assert.Matches(@"Severity\s+Reason\s+Object\s+Message", Plain(_shell.Host.Shown));
    }

    [Fact]
    public void An_incident_of_the_pipeline_gets_the_evidence()
    {
        var health = Assert.Single(_shell.Get<ClusterHealth>("New-Incident 'Predictions fail' -Severity P0 | Get-ClusterHealth"));
        Assert.NotNull(health.Incident);
        Assert.All(health.Findings, finding => Assert.Equal(health.Incident, finding.Incident));
        var entry = Assert.Single(_shell.Get<IncidentEvent>($"Get-IncidentTimeline {health.Incident}"), entry => entry.Kind == EventKind.Checked);
        Assert.Contains("CrashLoopBackOff", entry.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_typed_namespace_is_read_alone()
    {
        var all = _shell.Get<ClusterHealth>("Get-ClusterHealth")[0];
        var one = _shell.Get<ClusterHealth>("Get-ClusterHealth -Namespace default -LogLines 0 -RestartWindow 00:10")[0];
        Assert.Equal("default", one.Namespace);
        Assert.True(one.Pods < all.Pods);
        Assert.DoesNotContain(one.Findings, finding => finding.Namespace == "malaria-prediction-production");
    }

    [Fact]
    public void Several_namespaces_are_read_and_the_next_step_gets_the_environments()
    {
        var all = _shell.Get<ClusterHealth>("Get-ClusterHealth")[0];
        var two = Assert.Single(_shell.Get<ClusterHealth>("Get-ClusterHealth -Namespace malaria-prediction-production, default, default -LogLines 0 -RestartWindow 30m"));
        Assert.Equal("malaria-prediction-production", two.Namespace);
        Assert.InRange(two.Pods, 1, all.Pods);
        Assert.Equal("NamespaceNotFound", _shell.FailureOf("Get-ClusterHealth -Namespace default, nope"));
    }

    [Fact]
    public void A_typed_kubeconfig_goes_down_the_pipeline_so_that_the_next_step_meets_the_same_cluster()
    {
        var file = release.KubeConfig;
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS", null);
        var health = Assert.Single(_shell.Get<ClusterHealth>($"Get-ClusterHealth -KubeConfig {file} -Context sandbox-viewer | Get-ClusterHealth"));
        Assert.Equal((file, "sandbox-viewer"), (health.KubeConfig!, health.Context));
        Assert.All(health.Findings, finding => Assert.Equal((file, "sandbox-viewer"), (finding.KubeConfig!, finding.Context!)));
    }

    [Fact]
    public void Several_contexts_are_read_and_one_that_fails_does_not_stop_the_others()
    {
        var outcome = _shell.Run("Get-ClusterHealth -Context sandbox, nowhere, sandbox-viewer");
        Assert.Equal(["sandbox", "sandbox-viewer"], outcome.Output.Select(item => ((ClusterHealth)item.BaseObject).Context));
        Assert.StartsWith("ContextNotFound", Assert.Single(outcome.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-ClusterHealth -Context nowhere", "ContextNotFound")]
    [InlineData("Get-ClusterHealth -KubeConfig /no/such/file", "KubeConfigMissing")]
    [InlineData("Get-ClusterHealth -Namespace nope", "NamespaceNotFound")]
    [InlineData("Get-ClusterHealth -Namespace 'a/../b'", "NameInvalid")]
    [InlineData("Get-ClusterHealth -RestartWindow 0", "ArgumentInvalid")]
    [InlineData("Get-ClusterHealth -LogLines -1", "ParameterArgumentValidationError")]
    [InlineData("Get-ClusterHealth -Environment nowhere", "EnvironmentNotFound")]
    public void Bad_input_has_its_name(string script, string id) => Assert.Equal(id, _shell.FailureOf(script));

    [Fact]
    public void A_cluster_that_is_away_is_unreachable_and_says_where_it_was_looked_for()
    {
        var file = Path.Combine(_store.Folder, "away");
        File.WriteAllText(file, "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n");
        var error = Assert.Single(_shell.Run($"Get-ClusterHealth -KubeConfig {file} -Context a").Errors);
        Assert.StartsWith("ClusterUnreachable", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-ClusterHealth -Context ", "sandbox-viewer")]
    [InlineData("Get-ClusterHealth -Namespace ", "malaria-prediction-production")]
    [InlineData("Get-ClusterHealth -Namespace default, mal", "malaria-prediction-production")]
    public void Names_complete(string line, string expected) =>
        Assert.Contains(expected, _shell.Complete(line, expected));

    private static string Plain(string shown) => Regex.Replace(shown, "\u001b\\[[0-9;]*m", "", RegexOptions.None, TimeSpan.FromMinutes(1));
}
