using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Review;

[Collection(TemporaryStore.Name)]
public sealed class ExportIncidentReportSpecs : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();
    private readonly string _reports;

    public ExportIncidentReportSpecs() => _reports = Path.Combine(_store.Folder, "reports");

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void A_closed_incident_comes_down_the_pipeline_and_the_report_is_noted_in_its_record()
    {
        _shell.Run("New-Incident 'Prediction API returns 500' -Severity P0; Add-IncidentNote 'Lesson: watch the pool'");
        var files = _shell.Get<ReportFile>($"Close-Incident -Force -Reason drill -PassThru | Export-IncidentReport -Path '{_reports}'");
        Assert.Equal([ReportFormat.Markdown, ReportFormat.Html], files.Select(file => file.Format));
        Assert.All(files, file => Assert.Equal(new FileInfo(file.Path).Length, file.Length));
        Assert.EndsWith("-0001-prediction-api-returns-500.html", files[1].Path, StringComparison.Ordinal);
        Assert.Contains("watch the pool", File.ReadAllText(files[0].Path), StringComparison.Ordinal);
        Assert.Contains("chain intact", File.ReadAllText(files[1].Path), StringComparison.Ordinal);
        Assert.Single(_shell.Get<IncidentEvent>($"Get-IncidentTimeline {files[0].Incident}"), entry => entry.Kind == EventKind.Reported);
    }

    [Fact]
    public void The_ending_of_the_path_chooses_the_format()
    {
        _shell.Run("New-Incident 'One' -Severity P3");
        var file = Assert.Single(_shell.Get<ReportFile>($"Export-IncidentReport '{_reports}/one.json'"));
        Assert.Equal((ReportFormat.Json, Path.Combine(_reports, "one.json")), (file.Format, file.Path));
    }

    [Fact]
    public void A_file_that_is_there_is_kept_unless_forced()
    {
        _shell.Run("New-Incident 'Twice' -Severity P3");
        var script = $"Export-IncidentReport '{_reports}' -Format Markdown";
        var first = _shell.Get<ReportFile>(script)[0];
        Assert.Equal("PathInvalid", _shell.FailureOf(script));
        Assert.True(_shell.Get<ReportFile>(script + " -Force")[0].Length > first.Length);
    }

    [Fact]
    public void WhatIf_writes_neither_a_file_nor_an_event()
    {
        _shell.Run("New-Incident 'Never' -Severity P3");
        var before = _shell.Get<IncidentEvent>("Get-IncidentTimeline").Count;
        Assert.Empty(_shell.Run($"Export-IncidentReport '{_reports}' -WhatIf").Output);
        Assert.False(Directory.Exists(_reports));
        Assert.Equal(before, _shell.Get<IncidentEvent>("Get-IncidentTimeline").Count);
        Assert.Contains("Write the report of INC-", _shell.Host.Shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Export-IncidentReport", "IncidentNotFound")]
    [InlineData("Export-IncidentReport -Incident INC-2026-9999", "IncidentNotFound")]
    [InlineData("Export-IncidentReport -Incident INC-2026-0001 -Path ''", "PathInvalid")]
    [InlineData("Export-IncidentReport -Incident INC-2026-0001 -Path nowhere:/x", "PathInvalid")]
    [InlineData("Export-IncidentReport -Incident INC-2026-0001 -Path Env:/x", "PathInvalid")]
    public void Bad_input_is_an_error_with_a_stable_id(string script, string id) => Assert.Equal(id, _shell.FailureOf(script));

    [Fact]
    public void The_table_names_the_files()
    {
        _shell.Run($"New-Incident 'Shown' -Severity P3; Export-IncidentReport '{_reports}' | Out-Default");
        Assert.Contains("Markdown", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("shown.md", _shell.Host.Shown, StringComparison.Ordinal);
    }
}
