using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Review;

/// <summary>Writes an incident's report from its journal.</summary>
[Cmdlet(VerbsData.Export, "IncidentReport", SupportsShouldProcess = true)]
[OutputType(typeof(ReportFile))]
public sealed class ExportIncidentReportCommand : RecordCmdlet
{
    /// <summary>Folder, or a file that ends as its format does.</summary>
    [Parameter(Position = 0)]
    [Alias("LiteralPath")]
    [ValidateNotNull]
    public string Path { get; set; } = "./reports";

    /// <summary>Formats; the path's ending decides when left away, and Markdown and HTML where it names none.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public ReportFormat[]? Format { get; set; }

    /// <summary>Replace files that are there already.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private ReportFormat[] Formats => Format ?? System.IO.Path.GetExtension(Path).ToLowerInvariant() switch
    {
        ".md" or ".markdown" => [ReportFormat.Markdown],
        ".html" or ".htm" => [ReportFormat.Html],
        ".json" => [ReportFormat.Json],
        _ => [ReportFormat.Markdown, ReportFormat.Html],
    };

    /// <inheritdoc/>
    protected override void Process()
    {
        var place = FilePlace.Of(this, Path, "No report was written");
        if (!Confirmation.IsGiven(this, $"Write the report of {IncidentId} as {string.Join(", ", Formats)} to {place}", $"Write the report of {IncidentId} to {place}?"))
        {
            return;
        }

        Stream(engine => engine.Reports.ExportAsync(IncidentId, Formats, place, Force, StopToken), report =>
        {
            if (report.Note is not null)
            {
                WriteWarning(report.Note);
            }

            WriteObject(report);
        });
    }
}
