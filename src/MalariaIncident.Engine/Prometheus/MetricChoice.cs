using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Prometheus;

/// <summary>One query that is to be asked.</summary>
internal sealed record MetricChoice(string? Name, string Query, string? Unit)
{
    /// <summary>ArgumentInvalid, SettingMissing, MetricNotFound.</summary>
    public static IReadOnlyList<MetricChoice> Of(MetricQuestion question, ResolvedScope scope)
    {
        if (!string.IsNullOrWhiteSpace(question.Query))
        {
            return question.Names.Count == 0
                ? [new(null, question.Query.Trim(), null)]
                : throw new IncidentException(FailureKind.ArgumentInvalid, "Both names and a query were given.", advice: "Give -Name or -Query.");
        }

        var known = scope.Environment?.Metrics ?? new Dictionary<string, NamedMetric>(StringComparer.Ordinal);
        if (known.Count == 0)
        {
            throw new IncidentException(
                FailureKind.SettingMissing,
                scope.Environment is { } environment ? $"The environment '{environment.Name}' names no metrics." : "No metrics are named: there is no environment.",
                scope.EnvironmentName,
                advice: "Write them under 'metrics' in the environment file (see about_MalariaIncident_Environments), or give -Query.");
        }

        var names = question.Names.Count == 0 ? ["*"] : question.Names;
        return [.. names
            .SelectMany(name => known.Where(metric => Wildcard.Matches(name, metric.Key)).ToList() is { Count: > 0 } found ? found : throw NotFound(name, known.Keys))
            .DistinctBy(metric => metric.Key, StringComparer.OrdinalIgnoreCase)
            .Select(metric => new MetricChoice(metric.Key, metric.Value.Query, metric.Value.Unit))];
    }

    private static IncidentException NotFound(string name, IEnumerable<string> known) => new(
        FailureKind.MetricNotFound, $"The environment names no metric '{name}'; it names {string.Join(", ", known)}.", name);
}
