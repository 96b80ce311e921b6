using System.Text.Json;
using System.Text.Json.Serialization;

namespace MalariaIncident.Engine.Reports;

/// <summary>The report for programs: the incident, its events as they stand in the journal, mitigations and metrics.</summary>
internal static class JsonReport
{
    /// <summary>Changes when a reader of the former form would misread the new one.</summary>
    private const string Format = "malaria-incident-report/1";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string Write(ReportFacts facts) => JsonSerializer.Serialize(
        new
        {
            Format,
            facts.WrittenAt,
            facts.Incident,
            Metrics = facts.Metrics.Select(metric => new
            {
                metric.Name,
                metric.From,
                Seconds = metric.Duration?.TotalSeconds,
                TargetSeconds = metric.Target?.TotalSeconds,
                metric.Running,
                metric.Met,
            }),
            facts.Mitigations,
            facts.Events,
            Journal = new { facts.Journal.Intact, facts.Journal.BrokenAt, facts.Journal.Reason, facts.Events.Count, LastHash = facts.Events.Count == 0 ? null : facts.Events[^1].Hash },
        },
        Options) + "\n";
}
