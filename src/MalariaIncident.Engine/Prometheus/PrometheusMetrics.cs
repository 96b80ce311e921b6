using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Text;
using MalariaIncident.Engine.Web;

namespace MalariaIncident.Engine.Prometheus;

/// <summary>Metrics of Prometheus, and of what speaks its API.</summary>
internal sealed class PrometheusMetrics(IScopeResolver scopes, IJournal journal, WebConversation web, TimeProvider clock) : IMetrics
{
    private const string Nothing = "No series: what it selects is not there or not scraped, or a label is different. That is not the same as zero.";

    public async IAsyncEnumerable<ServiceMetric> QueryAsync(Scope scope, MetricQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var range = MetricRange.Of(question, now);
        var resolved = await scopes.ResolveAsync(scope, cancellationToken);
        var choices = MetricChoice.Of(question, resolved);
        var address = PrometheusAddress.Parse(await scopes.RevealAsync(Named(question, resolved), resolved, cancellationToken));
        var answers = choices.Select(choice => AskAsync(address, choice, range, now, resolved.Timeout, cancellationToken)).ToList();
        await Task.WhenAll(answers).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        foreach (var (choice, answer) in choices.Zip(answers).Where(pair => pair.Second.IsCompletedSuccessfully))
        {
            var metrics = Describe(choice, await answer, range, now, resolved);
            await journal.AppendEvidenceAsync(resolved.Incident, Sentence(choice, metrics, range), Evidence(choice, metrics), cancellationToken);
            foreach (var metric in metrics)
            {
                yield return metric;
            }
        }

        if (answers.FirstOrDefault(answer => !answer.IsCompletedSuccessfully) is { } failed)
        {
            await failed;
        }
    }

    private static string Named(MetricQuestion question, ResolvedScope scope) =>
        Filled(question.Prometheus) ?? Filled(scope.Environment?.Prometheus) ?? throw new IncidentException(
            FailureKind.SettingMissing,
            scope.Environment is { } environment ? $"The environment '{environment.Name}' names no Prometheus." : "No Prometheus is known: neither an address nor an environment was given.",
            scope.EnvironmentName,
            advice: "Give -Prometheus, or set 'prometheus' in the environment file.");

    private async Task<PrometheusAnswer> AskAsync(
        PrometheusAddress address, MetricChoice choice, MetricRange? range, DateTimeOffset now, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // Prometheus is told to give up when we do, so that an impatient operator does not leave a heavy query running on it.
        List<KeyValuePair<string, string>> form = [new("query", choice.Query), new("timeout", timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s")];
        form.AddRange(range is null
            ? [new("time", MetricRange.Seconds(now))]
            : (IEnumerable<KeyValuePair<string, string>>)
            [
                new("start", MetricRange.Seconds(range.From)), new("end", MetricRange.Seconds(range.To)),
                new("step", range.Step.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)),
            ]);
        var question = new WebQuestion { Uri = address.Api(range is null ? "query" : "query_range"), Credentials = address.Credentials, Form = form };
        return PrometheusAnswer.Read(address.Display, await web.AskAsync(question, timeout, cancellationToken));
    }

    private static List<ServiceMetric> Describe(MetricChoice choice, PrometheusAnswer answer, MetricRange? range, DateTimeOffset now, ResolvedScope scope)
    {
        var empty = new ServiceMetric
        {
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Name = choice.Name,
            Query = choice.Query,
            Series = choice.Name ?? PlainText.OneLine(choice.Query, 120),
            Unit = choice.Unit,
            Link = DashboardLink.Make(scope, choice.Name, choice.Query, range, now),
            Notes = answer.Notes,
        };
        return answer.Series.Count == 0
            ? [empty with { Notes = [.. answer.Notes, Nothing] }]
            : [.. answer.Series.Select(series => Filled(empty, series, range))];
    }

    private static ServiceMetric Filled(ServiceMetric empty, AnsweredSeries series, MetricRange? range)
    {
        var finite = series.Points.Select(point => point.Value).Where(double.IsFinite).ToList();
        var last = series.Points.Count > 0 ? series.Points[^1] : null;
        return empty with
        {
            Labels = series.Labels,
            Series = series.Labels.Count == 0 ? empty.Series : Selector(series.Labels),
            Time = last?.Time,
            Value = last?.Value,
            Minimum = finite.Count > 0 ? finite.Min() : null,
            Maximum = finite.Count > 0 ? finite.Max() : null,
            Average = finite.Count > 0 ? finite.Average() : null,
            Points = series.Points,
            Sparkline = range is null ? "" : Sparkline.Draw(series.Points, range),
        };
    }

    private static string Selector(IReadOnlyDictionary<string, string> labels)
    {
        var name = labels.TryGetValue("__name__", out var named) ? named : "";
        var others = labels.Where(label => label.Key != "__name__").OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}=\"{label.Value}\"");
        return $"{name}{{{string.Join(", ", others)}}}";
    }

    private static string Sentence(MetricChoice choice, List<ServiceMetric> metrics, MetricRange? range)
    {
        var what = choice.Name is { } name ? $"Metric {name}" : $"Query {PlainText.OneLine(choice.Query, 120)}";
        if (metrics[0].Value is null)
        {
            return $"{what} has no series";
        }

        // NaN compares with nothing; the highest of the others is what an operator looks for.
        var highest = metrics.MaxBy(metric => metric.Value is { } value && !double.IsNaN(value) ? value : double.NegativeInfinity)!;
        var series = metrics.Count == 1 ? "" : $", the highest of {metrics.Count} series ({PlainText.OneLine(highest.Series, 120)})";
        var over = range is null ? "" : $"; between {Number(highest.Minimum)} and {Number(highest.Maximum)} over {range.To - range.From:c}";
        return $"{what} is {Number(highest.Value)}{(choice.Unit is null ? "" : " " + choice.Unit)}{series}{over}";
    }

    private static JsonObject Evidence(MetricChoice choice, List<ServiceMetric> metrics) => new()
    {
        ["metric"] = choice.Name,
        ["query"] = choice.Query,
        ["series"] = new JsonArray([.. metrics.Where(metric => metric.Value is not null).Take(10).Select(metric => new JsonObject
        {
            ["series"] = metric.Series,
            ["value"] = Number(metric.Value),
            ["minimum"] = metric.Minimum,
            ["maximum"] = metric.Maximum,
        })]),
    };

    private static string? Number(double? value) => value?.ToString("G6", CultureInfo.InvariantCulture);

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
