using System.Globalization;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Readiness;
using MalariaIncident.Engine.Web;

namespace MalariaIncident.Engine.Prometheus;

/// <summary>Does Prometheus answer, and do the named metrics exist? A query that was right a year ago may name what nobody exports any more.</summary>
internal sealed class MetricReadiness(IScopeResolver scopes, WebConversation web, TimeProvider clock) : IReadinessContributor
{
    private const string Command = "Get-ServiceMetric";

    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(ReadinessInquiry inquiry, CancellationToken cancellationToken)
    {
        if (!inquiry.Wants(ReadinessArea.Metrics))
        {
            return [];
        }

        var question = inquiry.Ask(ReadinessArea.Metrics, "Prometheus", Command);
        if (inquiry.Scope.Environment?.Prometheus is not { } named)
        {
            return [question.NotChecked("No Prometheus is named.", "Name it as 'prometheus' in the environment file.")];
        }

        PrometheusAddress? address = null;
        var answers = await question.AskAsync(
            async token =>
            {
                var revealed = PrometheusAddress.Parse(await scopes.RevealAsync(named, inquiry.Scope, token));
                await AskAsync(revealed, "vector(1)", inquiry.Scope.Timeout, token);
                address = revealed;
                return question.Ready($"{revealed.Display} answers.");
            },
            cancellationToken);
        return address is null
            ? [answers]
            : [answers, .. await Task.WhenAll(inquiry.Scope.Environment.Metrics.Select(metric => MetricAsync(inquiry, address, metric.Key, metric.Value, cancellationToken)))];
    }

    private Task<ReadinessCheck> MetricAsync(ReadinessInquiry inquiry, PrometheusAddress address, string name, NamedMetric metric, CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Metrics, name, Command);
        return question.AskAsync(
            async token =>
            {
                var answer = await AskAsync(address, metric.Query, inquiry.Scope.Timeout, token);
                return answer.Series.FirstOrDefault(series => series.Points.Count > 0) is { } first
                    ? question.Ready(string.Create(CultureInfo.InvariantCulture, $"{first.Points[^1].Value:G5}{(metric.Unit is null ? "" : " " + metric.Unit)}{(answer.Series.Count == 1 ? "" : $", the first of {answer.Series.Count} series")}."))
                    : question.Warning("The query has no series now.", "Check the names in its query, unless nothing happened that it counts.");
            },
            cancellationToken);
    }

    private async Task<PrometheusAnswer> AskAsync(PrometheusAddress address, string query, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var question = new WebQuestion
        {
            Uri = address.Api("query"),
            Credentials = address.Credentials,
            Form = [new("query", query), new("timeout", timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s"), new("time", MetricRange.Seconds(clock.GetUtcNow()))],
        };
        return PrometheusAnswer.Read(address.Display, await web.AskAsync(question, timeout, cancellationToken));
    }
}
