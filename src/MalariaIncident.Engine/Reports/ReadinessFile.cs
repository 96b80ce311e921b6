using System.Text.Json;
using System.Text.Json.Serialization;

namespace MalariaIncident.Engine.Reports;

/// <summary>Checks in advance as a file. It is what somebody asked to see, and no change: a read-only process writes it, too.</summary>
internal static class ReadinessFile
{
    /// <summary>Changes when a reader of the former form would misread the new one.</summary>
    private const string Form = "malaria-incident-readiness/1";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>PathInvalid.</summary>
    public static async Task<string> WriteAsync(
        IReadOnlyList<ReadinessReport> reports, ReadinessFormat? format, string path, bool overwrite, CancellationToken cancellationToken)
    {
        var full = ReportPath.Full(path);
        var text = (format ?? FormatOf(full)) switch
        {
            ReadinessFormat.JUnit => JUnitReadiness.Write(reports),
            ReadinessFormat.Json => Json(reports),
            _ => string.Join("\n\n", reports.Select(report => report.Describe().ReplaceLineEndings("\n"))) + "\n",
        };
        await ReportFiles.WriteAsync([(full, text)], overwrite, cancellationToken);
        return full;
    }

    private static ReadinessFormat FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".xml" => ReadinessFormat.JUnit,
        ".json" => ReadinessFormat.Json,
        ".txt" or ".log" => ReadinessFormat.Text,
        var ending => throw ReportPath.Invalid(
            path, ending.Length == 0 ? "it has no ending that names a format" : $"its ending {ending} names no format", "End it in .xml (JUnit), .json or .txt, or name the format with -Format."),
    };

    private static string Json(IReadOnlyList<ReadinessReport> reports) => JsonSerializer.Serialize(
        new
        {
            Format = Form,
            Ready = reports.All(report => report.Ready),
            Environments = reports.Select(report => new
            {
                report.Environment,
                report.Incident,
                report.Ready,
                report.CheckedAt,
                Seconds = Math.Round(report.Elapsed.TotalSeconds, 3),
                Checks = report.Checks.Select(check => new
                {
                    check.Area, check.Check, check.Status, check.Detail, check.Advice, check.Commands, check.Failure, Seconds = Math.Round(check.Elapsed.TotalSeconds, 3),
                }),
            }),
        },
        Options) + "\n";
}
