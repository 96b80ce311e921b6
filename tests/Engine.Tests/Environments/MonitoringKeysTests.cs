using MalariaIncident;
using MalariaIncident.Engine.Environments;

namespace Engine.Tests.Environments;

public sealed class MonitoringKeysTests
{
    [Fact]
    public void Prometheus_its_metrics_Grafana_and_GitHub_are_read()
    {
        var environment = Parse("""
                prometheus: env:PROMETHEUS_URL
                metrics:
                  error-rate: sum(rate(errors[5m]))
                  latency-p95: { query: "histogram_quantile(0.95, x)", unit: s }
                grafana: https://grafana.example/d/api?from={from}&to={to}
                repository: example/malaria-prediction-backend
                workflow: deploy.yml
                gitHubApi: https://github.example/api/v3
                dependencies: { era5: "https://store.example/api", weather: env:WEATHER_URL }
            """);
        Assert.Equal(("env:PROMETHEUS_URL", "deploy.yml"), (environment.Prometheus, environment.Workflow));
        Assert.Equal(new NamedMetric("sum(rate(errors[5m]))", null), environment.Metrics["error-rate"]);
        Assert.Equal(new NamedMetric("histogram_quantile(0.95, x)", "s"), environment.Metrics["latency-p95"]);
        Assert.Equal(("example/malaria-prediction-backend", "https://github.example/api/v3"), (environment.Repository, environment.GitHubApi));
        Assert.Equal(("https://store.example/api", "env:WEATHER_URL"), (environment.Dependencies["era5"], environment.Dependencies["weather"]));
        Assert.Equal("https://grafana.example/d/api?from={from}&to={to}", environment.Grafana);
    }

    [Theory]
    [InlineData("prometheus: prometheus:9090")]
    [InlineData("metrics: [a]")]
    [InlineData("metrics: { a: { unit: s } }")]
    [InlineData("metrics: { a: { query: x, units: s } }")]
    [InlineData("metrics: { a: x, A: y }")]
    [InlineData("repository: https://github.com/example/backend")]
    [InlineData("repository: ../backend")]
    [InlineData("workflow: ../deploy.yml")]
    [InlineData("workflow: deploy")]
    [InlineData("gitHubApi: github.example")]
    [InlineData("dependencies: { era5: store.example }")]
    [InlineData("dependencies: { Cache: 'https://store.example' }")]
    public void What_is_wrong_is_refused_with_its_line(string line)
    {
        var failure = Assert.Throws<IncidentException>(() => Parse("    " + line));
        Assert.Equal(FailureKind.EnvironmentFileInvalid, failure.Kind);
        Assert.Contains("line 3", failure.Message, StringComparison.Ordinal);
    }

    private static OperationsEnvironment Parse(string keys) =>
        Assert.Single(EnvironmentDocument.Parse($"environments:\n  production:\n{keys}\n", "/etc/environments.yaml").Environments);
}
