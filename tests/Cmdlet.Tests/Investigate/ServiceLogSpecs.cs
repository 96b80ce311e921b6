using System.Text.RegularExpressions;
using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Investigate;

/// <summary>Get-ServiceLog and Measure-ErrorRate against the sandbox, where the release crashes.</summary>
[Collection(TemporaryStore.Name)]
public sealed class ServiceLogSpecs(ObservedRelease release) : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = release.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void The_logs_of_every_pod_say_why_they_crash()
    {
        var incident = _shell.Get<Incident>("New-Incident 'Down' -Severity P1")[0];
        var errors = _shell.Get<LogLine>("Get-ServiceLog -Tail 50 -Previous -MinimumLevel Error");
        Assert.Equal(3, errors.Select(line => line.Pod).Distinct().Count());
        Assert.Contains(errors, line => line.Message.Contains("rainfall_anomaly", StringComparison.Ordinal));
        Assert.All(errors, line => Assert.Equal((incident.Id, "production"), (line.Incident!, line.Environment!)));
        Assert.Contains(errors, line => line.Properties["logger"] is "malaria.model");
        Assert.Equal(errors.Select(line => line.Time).Order(), errors.Select(line => line.Time));

        var raw = _shell.Get<string>("Get-ServiceLog -Tail 50 -Previous -MinimumLevel Critical -Raw")[0];
        Assert.StartsWith("{", raw, StringComparison.Ordinal);

        _shell.Run("Get-ServiceLog -Tail 50 -MinimumLevel Critical | Out-Default");
        Assert.Matches("[0-9:.]{12} .*/api CRIT  startup failed", Regex.Replace(_shell.Host.Shown, "\u001b\\[[0-9;]*m", ""));

        Assert.Contains(_shell.Get<IncidentEvent>("Get-IncidentTimeline"), entry => entry.Kind == EventKind.Checked && entry.Text.Contains("log lines", StringComparison.Ordinal));
    }

    [Fact]
    public void The_error_rate_is_counted_over_all_pods_and_grouped_by_message()
    {
        var rate = _shell.Get<ErrorRate>("Measure-ErrorRate -Window 30m")[0];
        Assert.True(rate.Errors >= 3, $"{rate.Errors} errors");
        Assert.Equal(3, rate.Pods.Count(pod => pod.Errors > 0));
        Assert.Contains(rate.TopErrors, shape => shape.Shape == "startup failed, exit code #");
        Assert.Empty(rate.Notes);

        _shell.Run("Measure-ErrorRate | Out-Default");
        Assert.Contains("errors in", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("startup failed, exit code #", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Matches(@"\[[ ▁▂▃▄▅▆▇█]+\]", _shell.Host.Shown);
    }

    [Theory]
    [InlineData("Get-ServiceLog -Deployment no-such-deployment", "DeploymentNotFound")]
    [InlineData("Get-ServiceLog -Deployment 'a/../b'", "NameInvalid")]
    [InlineData("Get-ServiceLog -Pod no-such-*", "ResourceNotFound")]
    [InlineData("Get-ServiceLog -Since 5", "ParameterArgumentTransformationError")]
    [InlineData("Measure-ErrorRate -Window 0s", "ArgumentInvalid")]
    [InlineData("Measure-ErrorRate -Environment nowhere", "EnvironmentNotFound")]
    public void Bad_input_is_an_error_with_a_stable_id(string script, string id) => Assert.Equal(id, _shell.FailureOf(script));
}
