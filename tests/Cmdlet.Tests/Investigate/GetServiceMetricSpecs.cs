using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Investigate;

[Collection(TemporaryStore.Name)]
public sealed class GetServiceMetricSpecs : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();
    private readonly CannedServer _prometheus = new(path => (200, path.Contains("range", StringComparison.Ordinal)
        ? $$$"""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[{{{DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 1800}}},"0"],[{{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}}},"0.5"]]}]}}"""
        : """{"status":"success","data":{"resultType":"vector","result":[]}}"""));

    public GetServiceMetricSpecs()
    {
        var file = Path.Combine(_store.Folder, "environments.yaml");
        File.WriteAllText(file, $$"""
            default: production
            environments:
              production:
                prometheus: {{_prometheus.Address}}
                metrics:
                  error-rate: { query: 'sum(rate(errors[5m]))', unit: ratio }
            """);
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS", file);
    }

    public void Dispose()
    {
        _prometheus.Dispose();
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void A_range_is_drawn_in_the_table_and_stands_in_the_record()
    {
        _shell.Get<Incident>("New-Incident 'Errors'");
        var metric = Assert.Single(_shell.Get<ServiceMetric>("Get-ServiceMetric error-rate -Since 01:00:00"));
        Assert.Equal(("production", 0.5), (metric.Environment, metric.Value));
        Assert.Contains(_shell.Get<IncidentEvent>("Get-IncidentTimeline"), entry => entry.Text.StartsWith("Metric error-rate is 0.5 ratio", StringComparison.Ordinal));
        _shell.Run("Get-ServiceMetric error-rate -Since 01:00:00 | Out-Default");
        Assert.Contains("█", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("ratio", _shell.Host.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void No_series_is_a_row_without_value_and_a_warning()
    {
        var outcome = _shell.Run("Get-ServiceMetric -Query up");
        Assert.Null(((ServiceMetric)Assert.Single(outcome.Output).BaseObject).Value);
        Assert.Contains("not the same as zero", Assert.Single(outcome.Streams.Warning).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_completed_from_the_environment()
        => Assert.Equal(["error-rate"], _shell.Complete("Get-ServiceMetric err", "error-rate"));

    [Theory]
    [InlineData("Get-ServiceMetric latency", "MetricNotFound")]
    [InlineData("Get-ServiceMetric error-rate -Prometheus http://127.0.0.1:1", "MetricsUnreachable")]
    [InlineData("Get-ServiceMetric error-rate -Step 00:01:00", "ArgumentInvalid")]
    public void What_cannot_be_asked_is_an_error_with_its_reason(string script, string id) => Assert.Equal(id, _shell.FailureOf(script));
}
